import type { ClientId, ConnectionId } from '../../../protocol/ids.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { Identity, TokenLife } from './identity.ts';

/** Where a socket can be reached: its id and the regional base URL of `@connections`, stage included. */
export type SocketAddress = {
  readonly connectionId: ConnectionId;
  readonly endpoint: string;
};

/** What the relay must know of a socket, copied into session rows so that it needs no third read. */
export type SocketCopy = SocketAddress & {
  /** Unix ms. May lag behind the connection's own; ahead of it only by a token that was verified and whose last write failed. */
  readonly tokenExpiresAt: number;
};

/** `connected`: has not said `hello`. `closing`: the cleanup has begun to close it; no way back. */
export type ConnectionState = 'connected' | 'ready' | 'closing';

/** One socket. The token's life is lived here. */
export type Connection = SocketAddress & {
  readonly identity: Identity;
  readonly token: TokenLife;
  readonly connectedAt: number;
  readonly state: ConnectionState;
  /** Clients, once they have said `hello`. */
  readonly clientId?: ClientId;
  readonly nextDeadlineAt: number;
};

/** Expired exactly at `exp`: no leeway (I1). */
export function isExpired(tokenExpiresAt: number, now: number): boolean {
  return tokenExpiresAt <= now;
}

export function copyOf(connection: Connection): SocketCopy {
  return {
    connectionId: connection.connectionId,
    endpoint: connection.endpoint,
    tokenExpiresAt: connection.token.expiresAt,
  };
}

/** The next moment at which something must happen to the connection. */
export function connectionDeadline(
  policy: TokenPolicy,
  connection: Pick<Connection, 'connectedAt' | 'token' | 'state'>,
): number {
  const graceEndsAt = connection.token.expiresAt + policy.graceMs;
  if (connection.state !== 'connected') return graceEndsAt;
  return Math.min(graceEndsAt, connection.connectedAt + policy.helloWithinMs);
}

/** When the holder should refresh: a part of the token's own life after it was issued. */
export function refreshAt(policy: TokenPolicy, token: TokenLife): number {
  return Math.floor(token.issuedAt + (token.expiresAt - token.issuedAt) * policy.refreshAtFraction);
}
