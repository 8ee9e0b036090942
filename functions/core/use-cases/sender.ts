import type { ClientId } from '../../../protocol/ids.ts';
import { type ClientPlace, type Connection, isExpired, type SocketAddress } from '../model/connection.ts';
import type { Holder } from '../model/robot-session.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';

export type SenderDeps = { readonly connections: ConnectionStore; readonly clock: Clock };

/** A client that has said `hello`: what most actions need. */
export type ReadyClient = Connection & { readonly client: ClientPlace };

export const unauthenticated = () =>
  refused('unauthenticated', 'This connection is not known any more; connect again with a fresh token.');

export const tokenExpired = () =>
  refused('token_expired', 'The token has run out; send refreshToken with a new one.');

/** The connection behind a message, if it may do more than refresh, ping and leave (I1). */
export async function readySender(deps: SenderDeps, caller: SocketAddress): Promise<Outcome<Connection>> {
  const connection = await deps.connections.get(caller.connectionId);
  if (connection === undefined || connection.state === 'closing') return unauthenticated();
  if (isExpired(connection.token.expiresAt, deps.clock.now())) return tokenExpired();
  if (connection.state === 'connected') {
    return refused('hello_required', 'Say hello and wait for welcome before anything else.');
  }
  return done(connection);
}

/** How people are told that this client has control, from now on. */
export function holderOf(
  { identity, client }: Pick<Connection, 'identity'> & { readonly client: { readonly clientId: ClientId } },
  now: number,
): Holder {
  const userName = identity.kind === 'client' ? identity.userName : undefined;
  return { clientId: client.clientId, ...(userName !== undefined && { userName }), sinceAt: now };
}

/** As `readySender`, for what only clients do. A robot learns no more than that it may not. */
export async function readyClient(deps: SenderDeps, caller: SocketAddress): Promise<Outcome<ReadyClient>> {
  const sender = await readySender(deps, caller);
  if (!sender.ok) return sender;
  const { client } = sender.value;
  if (client === undefined) return refused('forbidden', 'Only clients may do this.');
  return done({ ...sender.value, client });
}
