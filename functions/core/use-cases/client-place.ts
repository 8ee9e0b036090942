import type { ClientId, ConnectionId } from '../../../protocol/ids.ts';
import type { SessionKey } from '../model/client-session.ts';
import type { Connection } from '../model/connection.ts';
import type { Arrival, PreviousClient } from '../ports/client-directory.ts';
import type { ResumeKey } from '../ports/ids.ts';
import type { HelloDeps } from './hello-deps.ts';

/** Which client a connection has become. */
export type Place = {
  readonly clientId: ClientId;
  readonly epoch: number;
  /** By which it may come back. */
  readonly key: ResumeKey;
  /** Whether it has the sessions of before. */
  readonly resumed: boolean;
  readonly sessions: readonly SessionKey[];
  /** Whether this connection was the client already. */
  readonly isRepeated: boolean;
  /** What the others have to be told; absent when there is nothing. */
  readonly arrival?: Arrival;
  /** How it was before this `hello`, which alone may give it back. */
  readonly undo?: PreviousClient;
};

type Asking = { readonly connection: Connection; readonly resumeKey: string | undefined };

/**
 * The client that the connection is: the one that it is already, for a `hello` that is repeated; the
 * one whose key it brings; or a new one. Undefined when its client has left it.
 */
export async function takePlace(deps: HelloDeps, asking: Asking): Promise<Place | undefined> {
  const presented = asking.resumeKey === undefined ? undefined : deps.ids.readResumeKey(asking.resumeKey);
  return (
    (await rejoin(deps, asking.connection, presented?.hash)) ??
    (await takeOver(deps, asking.connection, presented)) ??
    (await enter(deps, asking.connection))
  );
}

async function rejoin(
  deps: HelloDeps,
  { connectionId, client, returningAs }: Connection,
  presentedHash: string | undefined,
): Promise<Place | undefined> {
  for (const clientId of new Set([client?.clientId, returningAs])) {
    const place = clientId && (await rejoinAs(deps, clientId, { connectionId, presentedHash }));
    if (place !== undefined) return place;
  }
  return undefined;
}

async function rejoinAs(
  deps: HelloDeps,
  clientId: ClientId,
  by: { connectionId: ConnectionId; presentedHash: string | undefined },
): Promise<Place | undefined> {
  const key = deps.ids.resumeKey(clientId);
  const rejoined = await deps.clients.rejoin(clientId, { ...by, keyHash: key.hash });
  return rejoined && { clientId, key, isRepeated: true, ...rejoined };
}

/** A connection is one client for its life, so a key that it brings later takes nothing over. */
async function takeOver(
  deps: HelloDeps,
  { connectionId, client, identity, token }: Connection,
  presented: { readonly clientId: ClientId; readonly hash: string } | undefined,
): Promise<Place | undefined> {
  if (presented === undefined || client !== undefined) return undefined;
  const { clientId } = presented;
  if (!(await deps.connections.noteReturning(connectionId, clientId))) return undefined;
  const key = deps.ids.resumeKey(clientId);
  const taken = await deps.clients.takeOver(clientId, {
    principalId: identity.principalId,
    connectionId,
    presentedHash: presented.hash,
    keyHash: key.hash,
    tokenExpiresAt: token.expiresAt,
    now: deps.clock.now(),
  });
  // The same `hello`, sent twice at once, may have taken it.
  if (taken === undefined) return rejoinAs(deps, clientId, { connectionId, presentedHash: presented.hash });
  const { epoch, sessions, previous } = taken;
  const replaced = previous.connectionId;
  const arrival = replaced === undefined ? {} : { replaced };
  return { clientId, epoch, key, resumed: true, sessions, isRepeated: false, arrival, undo: previous };
}

/** A new one, beside the other tabs of the same person. */
async function enter(
  deps: HelloDeps,
  { connectionId, client, identity, token }: Connection,
): Promise<Place | undefined> {
  if (client !== undefined) return undefined;
  const clientId = deps.ids.clientId(connectionId);
  const key = deps.ids.resumeKey(clientId);
  const { principalId } = identity;
  const tokenExpiresAt = token.expiresAt;
  const keyHash = key.hash;
  const entered = await deps.clients.enter({ clientId, principalId, connectionId, keyHash, tokenExpiresAt });
  return entered ? { clientId, epoch: 1, key, resumed: false, sessions: [], isRepeated: false } : undefined;
}
