import type { ClientId } from '../../../protocol/ids.ts';
import { type ClientSession, type SessionKey, sessionDeadline } from '../model/client-session.ts';
import { type Connection, copyOf } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import { done, type Outcome } from '../outcome.ts';
import type { TakenOver } from '../ports/client-directory.ts';
import { dismiss } from './dismiss.ts';
import { endForbiddenSessions } from './end-forbidden-sessions.ts';
import type { HelloDeps } from './hello-deps.ts';
import { type Returning, receivedBy } from './returning.ts';
import { unauthenticated } from './sender.ts';
import { orNote, tellIfThere } from './tell.ts';
import { isOnline, sessionEntries, welcomeOf } from './welcome.ts';

export type ClientHello = Returning & {
  readonly connection: Connection;
  readonly resumeKey: string | undefined;
  readonly requestId: string | undefined;
};

/** Which client the connection becomes. `takenOver` when it came back by its key. */
type Place = {
  readonly clientId: ClientId;
  readonly epoch: number;
  readonly key: { readonly key: string; readonly hash: string };
  readonly takenOver: TakenOver | undefined;
};

/**
 * Makes the connection a client's: the one whose key it brings, or a new one beside the other tabs of
 * the same person. In the order of a claim: the client's row, the connection's own, the sessions,
 * `welcome`; and only then is the connection that the client was on told and closed. Whatever fails
 * before that puts everything back.
 */
export async function enterClient(deps: HelloDeps, hello: ClientHello): Promise<Outcome<undefined>> {
  const place = await takePlace(deps, hello);
  if (place === undefined) return unauthenticated();
  let welcomed = false;
  try {
    welcomed = await welcomeClient(deps, hello, place);
  } finally {
    if (!welcomed && place.takenOver !== undefined) await giveBack(deps, hello, place);
  }
  if (!welcomed) return place.takenOver === undefined ? leave(deps, hello, place) : unauthenticated();
  const { connectionId } = hello.connection;
  deps.lifeLog.note({ type: 'welcomed', connectionId, kind: 'client', clientId: place.clientId });
  await settle(deps, hello, place);
  return done(undefined);
}

async function takePlace(deps: HelloDeps, hello: ClientHello): Promise<Place | undefined> {
  const { connection, resumeKey } = hello;
  const { connectionId, token, client } = connection;
  const { principalId } = connection.identity;
  const tokenExpiresAt = token.expiresAt;
  const presented = resumeKey === undefined ? undefined : deps.ids.readResumeKey(resumeKey);
  // A connection is one client for its life: a `hello` that is repeated says no more than that.
  if (client === undefined && presented !== undefined) {
    const key = deps.ids.resumeKey(presented.clientId);
    const takenOver = await deps.clients.takeOver(presented.clientId, {
      principalId,
      connectionId,
      presentedHash: presented.hash,
      keyHash: key.hash,
      tokenExpiresAt,
      now: deps.clock.now(),
    });
    if (takenOver !== undefined) {
      return { clientId: presented.clientId, epoch: takenOver.epoch, key, takenOver };
    }
  }
  const clientId = client?.clientId ?? deps.ids.clientId(connectionId);
  const key = deps.ids.resumeKey(clientId);
  const keyHash = key.hash;
  const entered = await deps.clients.enter({ clientId, principalId, connectionId, keyHash, tokenExpiresAt });
  return entered ? { clientId, epoch: client?.epoch ?? 1, key, takenOver: undefined } : undefined;
}

async function welcomeClient(deps: HelloDeps, hello: ClientHello, place: Place): Promise<boolean> {
  const { connection } = hello;
  const { connectionId } = connection;
  const ready = { ...connection, state: 'ready', client: place } as const;
  const nextDeadlineAt = connectionDeadline(deps.policy, ready);
  const { clientId, epoch } = place;
  const isReady = await deps.connections.markReady(connectionId, {
    client: { clientId, epoch },
    nextDeadlineAt,
  });
  if (!isReady) return false;
  const keys = place.takenOver?.sessions ?? (await deps.clients.sessionsOf(clientId));
  const sessions = await moveSessions(deps, keys, { ...ready, client: { clientId, epoch } });
  const robots = await deps.robots.getMany([...new Set(sessions.map(({ robotId }) => robotId))]);
  const entries = sessionEntries(sessions, robots).map((entry) => ({
    ...entry,
    received: entry.received.byRobot,
    state: isOnline(robots, entry.robotId) ? ('open' as const) : ('suspended' as const),
  }));
  const posted = await deps.peers.post(
    connection,
    welcomeOf(ready, {
      policy: deps.policy,
      fleetSize: deps.fleetSize,
      now: deps.clock.now(),
      requestId: hello.requestId,
      resumeKey: place.key.key,
      resumed: place.takenOver !== undefined,
      sessions: entries,
    }),
  );
  return posted !== 'gone';
}

/** Those that are still there. A repeated `hello` moves them again: the first may have died half-way. */
async function moveSessions(
  deps: HelloDeps,
  keys: readonly SessionKey[],
  connection: Connection & { readonly client: { readonly clientId: ClientId; readonly epoch: number } },
): Promise<readonly ClientSession[]> {
  const { clientId, epoch: clientEpoch } = connection.client;
  const socket = copyOf(connection);
  const nextDeadlineAt = sessionDeadline(deps.policy, connection.token.expiresAt);
  const moved = await Promise.all(
    keys.map((key) => deps.sessions.moveTo(key, { clientId, clientEpoch, socket, nextDeadlineAt })),
  );
  return moved.filter((session) => session !== undefined);
}

/** Tells the other sides, and the connection that the client was on. Nothing of it can fail the `hello` any more. */
async function settle(deps: HelloDeps, hello: ClientHello, place: Place): Promise<void> {
  const { takenOver } = place;
  if (takenOver === undefined) return;
  const old = takenOver.previous.connectionId;
  if (old !== undefined) await dismissConnection(deps, old);
  await orNote(deps.lifeLog, 'hello.tell-back', async () => {
    await Promise.all(takenOver.sessions.map((key) => tellBack(deps, hello, key)));
    await endForbiddenSessions(deps, takenOver.sessions, hello.connection.identity.groups);
  });
}

async function tellBack(deps: HelloDeps, hello: ClientHello, key: SessionKey): Promise<void> {
  const { sessionId, robotId } = key;
  const received = receivedBy(hello, sessionId);
  if (received !== undefined) await deps.sessions.noteReceived(key, { byClient: received });
  const robot = await deps.robots.get(robotId);
  await tellIfThere(deps, robot?.socket, { type: 'peerBack', sessionId, received: received ?? 0 });
}

async function dismissConnection(deps: HelloDeps, connectionId: Connection['connectionId']): Promise<void> {
  const old = await deps.connections.get(connectionId);
  if (old !== undefined) await dismiss(deps, old);
}

/** The client is where it was: on its old connection, or away with its window. Its sessions go back with it. */
async function giveBack(deps: HelloDeps, hello: ClientHello, place: Place): Promise<void> {
  const { clientId, epoch, takenOver } = place;
  if (takenOver === undefined) return;
  const { connection } = hello;
  const { connectionId } = connection;
  const { previous, sessions } = takenOver;
  if (!(await deps.clients.giveBack(clientId, { epoch, previous, from: connectionId }))) return;
  deps.lifeLog.note({ type: 'client_given_back', connectionId, clientId });
  const old = previous.connectionId && (await deps.connections.get(previous.connectionId));
  const resumeEndsAt = previous.resumeEndsAt ?? deps.clock.now() + deps.policy.resumeWindowMs;
  if (old !== undefined && old.state !== 'closing') {
    await moveSessions(deps, sessions, { ...old, client: { clientId, epoch: epoch + 1 } });
  } else {
    // Its end may have come while it was not the client's, and found nothing.
    if (previous.connectionId !== undefined) {
      await deps.clients.detach(clientId, { connectionId: previous.connectionId, resumeEndsAt });
    }
    await Promise.all(
      sessions.map((key) => deps.sessions.suspend(key, { clientId, clientEpoch: epoch + 1, resumeEndsAt })),
    );
    await deps.clients.removeIfIdle(clientId);
  }
  const nextDeadlineAt = connectionDeadline(deps.policy, { ...connection, state: 'connected' });
  await deps.connections.unmarkReady(connectionId, { nextDeadlineAt });
}

/** Its end may have come before it had entered, and found nothing to end. Who has sessions has entered by another `hello`. */
async function leave(
  deps: HelloDeps,
  { connection }: ClientHello,
  { clientId }: Place,
): Promise<Outcome<undefined>> {
  const { connectionId } = connection;
  const current = await deps.connections.get(connectionId);
  if (current !== undefined && current.state !== 'closing') return done(undefined);
  const sessions = await deps.clients.detach(clientId, { connectionId, resumeEndsAt: deps.clock.now() });
  if (sessions.length === 0) await deps.clients.remove(clientId, connectionId);
  return unauthenticated();
}
