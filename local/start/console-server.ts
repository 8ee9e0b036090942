import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { buildConsole } from '../../console/build.ts';
import { type Breakage, breakage } from './fault-desk.ts';
import { securityHeaders } from './security-headers.ts';
import { breakPath, settingsOfConsole, settingsPath } from './settings-of-console.ts';
import type { StartAddresses } from './start-addresses.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};
const mostOrderBytes = 4_096;

type Shown = {
  readonly addresses: StartAddresses;
  readonly act: (order: Breakage) => Promise<boolean>;
  /** What `heliograph` finds the local stack by. */
  readonly environment: Readonly<Record<string, string>>;
};

/**
 * Serves the operator's console as it is deployed: the same build, the same headers. Only what it is told, and
 * that it may break things, is of this machine.
 *
 * @throws {Error} naming the port that is taken.
 */
export async function startConsoleServer(options: {
  readonly port: number;
  /** Serves `/events`, what has happened, as lines of JSON. */
  readonly serveEvents: (response: ServerResponse, of: { readonly follow: boolean }) => void;
}) {
  let shown: Shown | undefined;
  let folder: Promise<string> | undefined;
  const server = createServer((request, response) => {
    answer(request, response).catch((failure: unknown) => {
      // Whoever looks at this page works on this machine: what went wrong, with its build say, is theirs to mend.
      if (response.headersSent) response.destroy();
      else send(response, 500, failure instanceof Error ? failure.message : 'Something went wrong.', '.txt');
    });
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
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];

  function built(): Promise<string> {
    folder ??= buildConsole().catch((failure: unknown) => {
      folder = undefined;
      throw failure;
    });
    return folder;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
    // Another name for this machine is a page of somebody else's that was led here.
    if (!hosts.includes(request.headers.host ?? '')) return send(response, 421, 'This is not its name.');
    if (shown === undefined) return send(response, 503, 'Heliograph is starting; look again in a moment.');
    if (pathname === breakPath) return obey(request, response, shown);
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'GET only.');
    if (pathname === '/events') return options.serveEvents(response, { follow: searchParams.has('follow') });
    const { addresses, environment } = shown;
    if (pathname === '/deployment.json')
      return send(response, 200, JSON.stringify({ addresses, environment }), '.json');
    const { gateway, secondGateway, identity } = addresses;
    const places = [gateway, secondGateway, identity].flatMap((url) =>
      url === undefined ? [] : [new URL(url).origin],
    );
    for (const [name, value] of Object.entries(securityHeaders(places))) response.setHeader(name, value);
    if (pathname === settingsPath)
      return send(response, 200, JSON.stringify(settingsOfConsole(addresses)), '.json');
    return serveFile(response, { folder: await built(), pathname, addresses });
  }

  async function obey(request: IncomingMessage, response: ServerResponse, { act }: Shown): Promise<void> {
    const isOurPage =
      request.method === 'POST' &&
      request.headers['content-type'] === 'application/json' &&
      hosts.some((host) => request.headers.origin === `http://${host}`);
    if (!isOurPage) return send(response, 403, 'Only the console itself may ask for that.');
    const order = breakage.safeParse(await bodyOf(request));
    if (!order.success) return send(response, 400, 'That is nothing that can be broken.');
    const isDone = await act(order.data);
    send(response, isDone ? 204 : 404, '');
  }

  return {
    url: `http://127.0.0.1:${port}`,
    show(now: Shown) {
      shown = now;
    },
    /** Builds the page before somebody waits for it; what fails now is told then. */
    prepare() {
      built().catch(() => undefined);
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, body: string, type = '.html'): void {
  response.writeHead(status, { 'content-type': types[type] ?? 'text/plain', 'cache-control': 'no-store' });
  response.end(body);
}

async function serveFile(
  response: ServerResponse,
  { folder, pathname, addresses }: { folder: string; pathname: string; addresses: StartAddresses },
): Promise<void> {
  const name = pathname === '/' ? '/index.html' : pathname;
  // Names of the build only: nothing that leads out of its folder.
  if (!/^\/(assets\/)?[\w-]+(\.[\w-]+)*$/.test(name)) return send(response, 404, 'Not found.');
  let body: Buffer;
  try {
    body = await readFile(join(folder, name));
  } catch {
    return send(response, 404, 'Not found.');
  }
  const text =
    name === '/index.html' ? body.toString().replace('<!--local-->', withoutScript(addresses)) : body;
  response.writeHead(200, {
    'content-type': types[extname(name)] ?? 'application/octet-stream',
    // The names of assets change with what is in them.
    'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(text);
}

/** For who looks without scripts, with `curl` say: where everything is and who can sign in. */
function withoutScript(addresses: StartAddresses): string {
  const { local, identity } = settingsOfConsole(addresses);
  const users = local.users.map(({ userName, groups }) => `${userName} (${groups.join(', ')})`).join(', ');
  return `<p>Gateway ${addresses.gateway}, identity ${identity.endpoint}, DynamoDB ${addresses.dynamodb}. Users: ${users}.</p>`;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > mostOrderBytes) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
