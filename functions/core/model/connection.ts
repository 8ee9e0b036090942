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

/** `connected`: has not said `hello`. `closing`: somebody has begun to close it; no way back. */
export type ConnectionState = 'connected' | 'ready' | 'closing';

/**
 * How a connection came to its end. `gone`: the gateway does not know it any more, and never said so.
 * `regrouped`: its user was taken out of a group; a renewed token may enter again.
 */
export const howEnded = ['disconnect', 'bye', 'expired', 'no_hello', 'gone', 'revoked', 'regrouped'] as const;
export type HowEnded = (typeof howEnded)[number];

/** Which client a connection is, and which of its connections: the fence between an old one and a new one. */
export type ClientPlace = { readonly clientId: ClientId; readonly epoch: number };

/** One socket. The token's life is lived here. */
export type Connection = SocketAddress & {
  readonly identity: Identity;
  readonly token: TokenLife;
  readonly connectedAt: number;
  readonly state: ConnectionState;
  /** While `closing`: so that whoever finishes what another began says the same. */
  readonly endsAs?: HowEnded;
  /** Clients, once they have said `hello`. */
  readonly client?: ClientPlace;
  /** The client that it is about to take over: so that its end finds what a `hello` that died had taken. */
  readonly returningAs?: ClientId;
  /** What its holder watches, as topics of the watch directory. */
  readonly watching: readonly string[];
  /** Number of times that its token was refreshed. */
  readonly refreshes: number;
  /** Unix ms; what was due to be announced by then has been. 0: nothing yet. */
  readonly settledUntil: number;
  /** Unix ms; until then somebody announces what is due, or has died over it. */
  readonly restsUntil?: number;
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

/** When the holder should refresh: a part of the token's own life after it was issued. */
export function refreshAt(policy: TokenPolicy, token: TokenLife): number {
  return Math.floor(token.issuedAt + (token.expiresAt - token.issuedAt) * policy.refreshAtFraction);
}
