import type { TokenCarrier } from '../../protocol/handshake.ts';
import { bearerSubprotocolPrefix, subprotocol } from '../../protocol/limits.ts';

/** What a handshake brings, header names in lower case. */
export type Handshake = {
  readonly headers: Readonly<Record<string, string>>;
  /** All values of the query parameter `token`. */
  readonly queryTokens: readonly string[];
};

export type Credentials =
  | { readonly found: true; readonly token: string; readonly carrier: TokenCarrier }
  | { readonly found: false; readonly reason: 'absent' | 'malformed' | 'query_token_off' };

/** The subprotocols a client offers, in its order. */
function offeredSubprotocols(handshake: Handshake): readonly string[] {
  const header = handshake.headers['sec-websocket-protocol'] ?? '';
  return header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The subprotocol to echo: only ours and only if offered; never the one that carries the token. */
export function acceptedSubprotocol(handshake: Handshake): string | undefined {
  return offeredSubprotocols(handshake).includes(subprotocol) ? subprotocol : undefined;
}

/**
 * The token of a handshake, looked for in the documented order: the `Authorization` header, the
 * subprotocol list, the query. The first carrier that is used at all decides: a broken header is not
 * made good by a token in the URL.
 */
export function credentialsOf(handshake: Handshake, allow: { queryToken: boolean }): Credentials {
  const authorization = handshake.headers.authorization;
  if (authorization !== undefined) return fromHeader(authorization);

  const offered = offeredSubprotocols(handshake);
  const bearers = offered.filter((name) => name.startsWith(bearerSubprotocolPrefix));
  if (bearers.length > 0) return fromSubprotocols(offered, bearers);

  if (handshake.queryTokens.length === 0) return { found: false, reason: 'absent' };
  if (!allow.queryToken) return { found: false, reason: 'query_token_off' };
  return only(handshake.queryTokens, 'query');
}

function fromHeader(authorization: string): Credentials {
  const match = /^bearer +(\S+)$/i.exec(authorization.trim());
  return match?.[1] === undefined
    ? { found: false, reason: 'malformed' }
    : { found: true, token: match[1], carrier: 'header' };
}

function fromSubprotocols(offered: readonly string[], bearers: readonly string[]): Credentials {
  if (!offered.includes(subprotocol)) return { found: false, reason: 'malformed' };
  return only(
    bearers.map((name) => name.slice(bearerSubprotocolPrefix.length)),
    'subprotocol',
  );
}

function only(tokens: readonly string[], carrier: TokenCarrier): Credentials {
  const [token, ...more] = tokens;
  if (token === undefined || token === '' || more.length > 0) return { found: false, reason: 'malformed' };
  return { found: true, token, carrier };
}
