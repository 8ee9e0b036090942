import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { seededUsers } from '../stack/users.ts';
import type { StartAddresses } from './start-addresses.ts';

/**
 * What a browser shows at the first port: what is running, who can sign in, what to do next.
 *
 * @throws {Error} naming the port that is taken.
 */
export async function startFrontPage(options: {
  readonly port: number;
  /** Serves `/events`, what has happened, as lines of JSON. */
  readonly serveEvents: (response: ServerResponse, of: { readonly follow: boolean }) => void;
}) {
  let page = '';
  let deployment = '';
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname === '/events' && isHere(request.headers.host)) {
      options.serveEvents(response, { follow: searchParams.has('follow') });
      return;
    }
    if (pathname === '/deployment.json' && isHere(request.headers.host)) {
      response.writeHead(deployment === '' ? 503 : 200, { 'content-type': 'application/json' });
      response.end(deployment);
      return;
    }
    const found = request.url === '/';
    response.writeHead(found ? 200 : 404, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
    });
    response.end(found ? page : 'Not found');
  });
  server.listen(options.port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(
      `Port ${options.port} on 127.0.0.1 is already in use. Stop what listens there, or choose another with --port.`,
      { cause },
    );
  }
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    show(addresses: StartAddresses, environment: Readonly<Record<string, string>>) {
      page = render(addresses);
      // What `heliograph` finds the local stack by.
      deployment = JSON.stringify({ addresses, environment });
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A page of another site may have its own name lead here; it then asks by that name. */
function isHere(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
}

function render(addresses: StartAddresses): string {
  const rows: [string, string][] = [
    ['Gateway', addresses.gateway],
    ['Identity (Cognito JSON API)', addresses.identity],
    ['DynamoDB', addresses.dynamodb],
    ['User pool', addresses.userPoolId],
    ['Client id for people', addresses.clientIds.people],
    ['Client id for robots', addresses.clientIds.robots],
  ];
  const users = seededUsers.map(({ userName, groups }) => [userName, groups.join(', ')] as const);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Heliograph on this machine</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
td, th { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); overflow-wrap: anywhere; }
code { font: .95em ui-monospace, monospace; }
</style>
<main><h1>Heliograph is running</h1>
<p>In another terminal, <code>npm run demo</code> signs in as <code>operator-1</code>, opens a session with
<code>rover-1</code> and shows the negotiation and the live pose.</p>
<h2>Addresses</h2>${table(['What', 'Where'], rows)}
<h2>Users</h2><p>The password of each is <code>Heliograph-1!</code>. They exist on this machine only.</p>
${table(['User', 'Groups'], users)}</main></html>`;
}

function table(head: readonly [string, string], rows: readonly (readonly [string, string])[]): string {
  const body = rows
    .map(([name, value]) => `<tr><td>${name}</td><td><code>${value}</code></td></tr>`)
    .join('');
  return `<table><thead><tr><th>${head[0]}</th><th>${head[1]}</th></tr></thead><tbody>${body}</tbody></table>`;
}
