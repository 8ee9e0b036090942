import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { deliverDisconnect } from './disconnects.ts';
import { errorFrame } from './error-frame.ts';
import { frameMeter } from './frame-meter.ts';
import type { GatewayCore } from './gateway-core.ts';
import { newGatewayId } from './gateway-ids.ts';
import { callerIdentity } from './handshake-request.ts';
import { invokeIntegration } from './integration.ts';
import { connectEvent, type EventSubject } from './lambda-event.ts';
import { handleMessage } from './messages.ts';
import { type OpenConnection, openConnection } from './open-connection.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';

export type Upgrade = { request: IncomingMessage; socket: Duplex; head: Buffer };

/** Takes upgrade requests through `$connect`. Until that has returned, there is no connection to post to. */
export function handshakes(core: GatewayCore): (upgrade: Upgrade) => Promise<void> {
  const { settings } = core;
  const subprotocols = new WeakMap<IncomingMessage, string>();
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: settings.maxMessageBytes,
    // ws would echo what the client offers. Only `$connect` decides, and what it says is not checked against
    // the offer: a client that did not offer it fails, as on AWS.
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
    handleProtocols: () => false,
  });
  webSockets.on('headers', (headers, request) => {
    const subprotocol = subprotocols.get(request);
    if (subprotocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  });

  function open(upgrade: Upgrade, subject: EventSubject): OpenConnection | undefined {
    const { request, socket, head } = upgrade;
    let connection: OpenConnection | undefined;
    // The messages before the large one, which ws reads from the same chunk, still count.
    const frames = frameMeter(settings.maxFrameBytes, () => queueMicrotask(() => connection?.close(1009)));
    // Before ws adds its own listener, so that a size is known when its message arrives.
    socket.on('data', frames.measure);
    webSockets.handleUpgrade(request, socket, head, (ws) => {
      connection = openConnection({
        ws,
        subject,
        frames,
        settings,
        shutDown: core.shutDown,
        onMessage: (sender, text) => core.work.track(handleMessage(core, sender, text)),
      });
    });
    return connection;
  }

  return async (upgrade) => {
    const { request, socket } = upgrade;
    socket.on('error', () => {});
    const refusal = refusalBeforeConnect(core, request);
    if (refusal !== undefined) {
      core.report({ type: 'connectRefused', status: refusal.status });
      refuseUpgrade(socket, refusal);
      return;
    }

    const subject: EventSubject = {
      connectionId: newGatewayId(),
      connectedAt: Date.now(),
      caller: callerIdentity(request),
      apiId: settings.apiId,
      stage: settings.stage,
      domainName: core.domainName,
    };
    const { connectionId } = subject;
    const leave = () => socket.destroy();
    core.shutDown.addEventListener('abort', leave);
    const decision = await decide(core, subject, request);
    core.shutDown.removeEventListener('abort', leave);
    if (decision.type === 'refuse') {
      core.report({ type: 'connectRefused', connectionId, status: decision.status });
      refuseUpgrade(socket, decision);
      return;
    }

    if (decision.subprotocol !== undefined) subprotocols.set(request, decision.subprotocol);
    const connection = open(upgrade, subject);
    if (connection === undefined) {
      // The client left while `$connect` ran. It succeeded, so its `$disconnect` is due.
      core.work.track(deliverDisconnect(core, subject, { code: 1006, reason: '' }));
      return;
    }
    core.connections.set(connectionId, connection);
    core.report({ type: 'connected', connectionId });
    core.work.track(
      connection.ended.then(async (end) => {
        core.connections.delete(connectionId);
        core.report({ type: 'closed', connectionId, code: end.code });
        await deliverDisconnect(core, subject, end);
      }),
    );
    // A handshake that was under way when the gateway began to close.
    if (core.shuttingDown.aborted) connection.close(1001, 'Going away');
  };
}

type Refusal = { status: number; body: string; errorType?: string };

function refusalBeforeConnect(core: GatewayCore, request: IncomingMessage): Refusal | undefined {
  if (core.shuttingDown.aborted) return { status: 503, body: '{"message":"Service Unavailable"}' };
  const path = (request.url ?? '').split('?', 1)[0];
  const stagePath = `/${core.settings.stage}`;
  if (path !== stagePath && path !== `${stagePath}/`) {
    // A stage that does not exist is "Forbidden", with 403.
    return { status: 403, body: '{"message":"Forbidden"}', errorType: 'ForbiddenException' };
  }
  // ws checks the same, but only after `$connect` has run.
  const { upgrade, 'sec-websocket-key': key, 'sec-websocket-version': version } = request.headers;
  const isWebSocket =
    request.method === 'GET' &&
    upgrade?.toLowerCase() === 'websocket' &&
    /^[+/0-9A-Za-z]{22}==$/.test(key ?? '') &&
    version === '13';
  return isWebSocket ? undefined : { status: 400, body: '{"message":"Bad Request"}' };
}

type Decision = { type: 'accept'; subprotocol?: string } | ({ type: 'refuse' } & Refusal);

async function decide(core: GatewayCore, subject: EventSubject, request: IncomingMessage): Promise<Decision> {
  const route = core.settings.routes.get('$connect');
  // "Setting up an integration for $connect is optional."
  if (route === undefined) return { type: 'accept' };
  const { connectionId } = subject;
  const outcome = await invokeIntegration(
    core,
    { integration: route.integration, routeKey: '$connect', connectionId },
    connectEvent(subject, request),
  );
  switch (outcome.type) {
    case 'failed':
      // https://github.com/serverless/serverless-websockets-plugin/issues/13 for a handler that throws,
      // https://github.com/michalkvasnicak/aws-lambda-graphql/issues/107
      return { type: 'refuse', status: 502, body: errorFrame('Internal server error', connectionId) };
    case 'timedOut':
      // 504 is the gateway's INTEGRATION_TIMEOUT response; for a handshake it is unverified.
      return { type: 'refuse', status: 504, body: errorFrame('Endpoint request timed out', connectionId) };
    case 'answered': {
      const { statusCode, body, headers } = outcome.response;
      // "If a non-2xx status code is returned, the handshake is rejected" with that status:
      // https://github.com/dherault/serverless-offline/pull/1301
      if (statusCode > 299) return { type: 'refuse', status: statusCode, body };
      const subprotocol = headers.get('sec-websocket-protocol');
      return subprotocol === undefined ? { type: 'accept' } : { type: 'accept', subprotocol };
    }
  }
}
