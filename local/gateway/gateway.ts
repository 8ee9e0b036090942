import { createServer, type Server } from 'node:http';
import { type GatewayFaults, pendingFaults } from './faults.ts';
import type { GatewayCore } from './gateway-core.ts';
import { reportTo } from './gateway-event.ts';
import { handshakes } from './handshake.ts';
import { managementApi } from './management.ts';
import type { OpenConnection } from './open-connection.ts';
import { type GatewaySettings, type LocalGatewayOptions, settingsFrom } from './options.ts';
import { runningWork } from './running-work.ts';
import { fairTurns } from './turns.ts';

export type { GatewayFaults } from './faults.ts';
export type { GatewayEvent } from './gateway-event.ts';
export type { GatewayIntegration, GatewayRoute, LambdaFunction, LocalGatewayOptions } from './options.ts';

export type ConnectionSnapshot = {
  connectionId: string;
  connectedAt: number;
  lastActiveAt: number;
  sourceIp: string;
  userAgent?: string;
};

export type LocalGateway = {
  /** `ws://127.0.0.1:4510/local` */
  url: string;
  /** `http://127.0.0.1:4510/local`, the `endpoint` of an `ApiGatewayManagementApiClient`. */
  managementEndpoint: string;
  connections(): ConnectionSnapshot[];
  faults: GatewayFaults;
  /** Closes the sockets with 1001, waits up to `shutdownWaitMs` for handlers and `$disconnect`s, frees the port. */
  close(): Promise<void>;
};

/** The gateway could not listen. `cause` is Node's error. */
export class GatewayStartError extends Error {
  override readonly name = 'GatewayStartError';
  readonly code: string;

  constructor(message: string, code: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Behaves like an API Gateway WebSocket API towards clients, handlers and callers of `@connections`. The
 * handlers run in this process; everything else of a gateway is its own, so several can stand for regions.
 */
export async function startLocalGateway(options: LocalGatewayOptions): Promise<LocalGateway> {
  const settings = settingsFrom(options);
  const server = createServer();
  const domainName = await listen(server, settings);
  const shuttingDown = new AbortController();
  const shutDown = new AbortController();
  const core: GatewayCore = {
    settings,
    domainName,
    connections: new Map(),
    faults: pendingFaults(),
    work: runningWork(),
    turns: fairTurns({ atOnce: 3, few: 4, longestMs: 25 }),
    report: reportTo(options.onEvent),
    shuttingDown: shuttingDown.signal,
    shutDown: shutDown.signal,
  };

  const manage = managementApi(core);
  server.on('request', (request, response) => {
    // Fails only when the caller hangs up while its request is read.
    manage(request, response).catch(() => response.destroy());
  });
  const shake = handshakes(core);
  server.on('upgrade', (request, socket, head) => {
    core.work.track(shake({ request, socket, head }).catch(() => socket.destroy()));
  });

  async function shutdown(): Promise<void> {
    shuttingDown.abort();
    for (const connection of core.connections.values()) connection.close(1001, 'Going away');
    // The port stays open meanwhile: handlers and `$disconnect`s post to their peers' connections.
    await settledWithin(core, settings.shutdownWaitMs);
    shutDown.abort();
    await stopListening(server);
  }

  let closed: Promise<void> | undefined;
  return {
    url: `ws://${domainName}/${settings.stage}`,
    managementEndpoint: `http://${domainName}/${settings.stage}`,
    connections: () => [...core.connections.values()].map(snapshot),
    faults: gatewayFaults(core),
    close() {
      closed ??= shutdown();
      return closed;
    },
  };
}

function snapshot(connection: OpenConnection): ConnectionSnapshot {
  const { connectionId, connectedAt, caller } = connection.subject;
  return { connectionId, connectedAt, lastActiveAt: connection.lastActiveAt(), ...caller };
}

function gatewayFaults(core: GatewayCore): GatewayFaults {
  return {
    dropNextDisconnect: () => core.faults.addDisconnect({ type: 'drop' }),
    delayNextDisconnect: (ms) => core.faults.addDisconnect({ type: 'delay', ms }),
    cut(connectionId) {
      const connection = core.connections.get(connectionId);
      connection?.cut();
      return connection !== undefined;
    },
    halfOpen(connectionId) {
      const connection = core.connections.get(connectionId);
      connection?.goHalfOpen();
      return connection !== undefined;
    },
    failNextPosts: (count, status) => core.faults.addPostFailures(count, status),
  };
}

async function listen(server: Server, settings: GatewaySettings): Promise<string> {
  const { host, port } = settings;
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen({ host, port }, listening.resolve);
  try {
    await listening.promise;
  } catch (error) {
    throw startError(error, { host, port });
  }
  server.off('error', listening.reject);
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return `${host.includes(':') ? `[${host}]` : host}:${boundPort}`;
}

function startError(cause: unknown, wanted: { host: string; port: number }): GatewayStartError {
  const { host, port } = wanted;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'UNKNOWN';
  const advice =
    code === 'EADDRINUSE'
      ? 'another process already listens there. Stop it, or choose another port (--port moves the whole local stack)'
      : `${code}. Choose another host or port`;
  return new GatewayStartError(
    `The local gateway cannot listen on port ${port} of ${host}: ${advice}.`,
    code,
    cause,
  );
}

async function settledWithin(core: GatewayCore, ms: number): Promise<void> {
  const bound = Promise.withResolvers<void>();
  const timer = setTimeout(bound.resolve, ms);
  await Promise.race([core.work.settled(), bound.promise]);
  clearTimeout(timer);
}

async function stopListening(server: Server): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  server.close(() => stopped.resolve());
  server.closeAllConnections();
  await stopped.promise;
}
