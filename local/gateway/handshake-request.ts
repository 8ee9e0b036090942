import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type CallerIdentity = { sourceIp: string; userAgent?: string };

export function callerIdentity(request: IncomingMessage): CallerIdentity {
  const sourceIp = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const userAgent = request.headers['user-agent'];
  return userAgent === undefined ? { sourceIp } : { sourceIp, userAgent };
}

/** The hop-by-hop headers of the upgrade are missing from real events. */
const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'upgrade']);

export function handshakeHeaders(request: IncomingMessage, sourceIp: string) {
  const byLowerCaseName = new Map<string, { name: string; values: string[] }>();
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    const value = request.rawHeaders[index + 1] ?? '';
    if (HOP_BY_HOP.has(name.toLowerCase())) continue;
    const known = byLowerCaseName.get(name.toLowerCase());
    if (known === undefined) byLowerCaseName.set(name.toLowerCase(), { name, values: [value] });
    else known.values.push(value);
  }
  const forwardedFor = [...(byLowerCaseName.get('x-forwarded-for')?.values ?? []), sourceIp].join(', ');
  const added: [string, string][] = [
    ['X-Amzn-Trace-Id', `Root=1-${traceTime()}-${newTraceTail()}`],
    ['X-Forwarded-For', forwardedFor],
    ['X-Forwarded-Port', String(request.socket.localPort ?? '')],
    ['X-Forwarded-Proto', 'http'],
  ];
  for (const [name, value] of added) byLowerCaseName.set(name.toLowerCase(), { name, values: [value] });

  const entries = [...byLowerCaseName.values()];
  return {
    headers: Object.fromEntries(entries.map(({ name, values }) => [name, values.at(-1) ?? ''])),
    multiValueHeaders: Object.fromEntries(entries.map(({ name, values }) => [name, values])),
  };
}

function traceTime(): string {
  return Math.floor(Date.now() / 1000).toString(16);
}

function newTraceTail(): string {
  return randomUUID().replaceAll('-', '').slice(0, 24);
}

/** Both fields are absent, not empty, when there is no query. Of a repeated name the last value counts. */
export function handshakeQuery(request: IncomingMessage) {
  const [, query = ''] = splitOnce(request.url ?? '', '?');
  const parameters = new URLSearchParams(query);
  const names = [...new Set(parameters.keys())];
  if (names.length === 0) return {};
  return {
    queryStringParameters: Object.fromEntries(
      names.map((name) => [name, parameters.getAll(name).at(-1) ?? '']),
    ),
    multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, parameters.getAll(name)])),
  };
}

function splitOnce(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + separator.length)];
}
