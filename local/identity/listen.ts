import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

export type Listening = { url: string; close(): Promise<void> };

export async function listen(
  listener: RequestListener,
  address: { host: string; port: number },
): Promise<Listening> {
  const { host, port } = address;
  const server = createServer({ requestTimeout: 30_000 }, listener);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw listenError(cause, address);
  }
  const bound = server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;

  return {
    url: `http://${reachableHost(host)}:${boundPort}`,
    // Kept-alive connections of SDK clients would hold the port for seconds, or for ever.
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenError(cause: unknown, { host, port }: { host: string; port: number }): Error {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reason =
    code === 'EADDRINUSE'
      ? `port ${port} on ${host} is already in use. Stop what listens there (\`lsof -i :${port}\` names it) or choose another port (\`--port\` moves the whole local stack).`
      : code === 'EACCES'
        ? `port ${port} on ${host} needs privileges. Choose one above 1023.`
        : `it cannot listen on port ${port} of ${host} (${String(code)}). Choose another host or port.`;
  return Object.assign(new Error(`The local identity service cannot start: ${reason}`, { cause }), { code });
}

// Nobody can connect to «every address», and a bare IPv6 address is not a URL's host.
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
