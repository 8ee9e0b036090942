import type { ClientId } from '../../../protocol/ids.ts';
import type { ClientSession, SessionKey } from '../model/client-session.ts';
import { type Connection, copyOf } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import type { RobotSession } from '../model/robot-session.ts';
import { done, type Outcome } from '../outcome.ts';
import { tellClientOfRobot } from './announce-robot.ts';
import { type Place, takePlace } from './client-place.ts';
import { dismiss } from './dismiss.ts';
import { endForbiddenSessions } from './end-forbidden-sessions.ts';
import { giveClientBack } from './give-client-back.ts';
import type { HelloDeps } from './hello-deps.ts';
import { moveSessions } from './move-sessions.ts';
import { notAllTold, type Returning, receivedBy } from './returning.ts';
import { robotsOf } from './robots-of.ts';
import { unauthenticated } from './sender.ts';
import { orNote, tellIfThere } from './tell.ts';
import { tellIfOver } from './tell-if-over.ts';
import { isOnline, sessionEntry, welcomeOf } from './welcome.ts';

export type ClientHello = Returning & {
  readonly connection: Connection;
  readonly resumeKey: string | undefined;
  readonly requestId: string | undefined;
};

/**
 * Makes the connection a client's: the one whose key it brings, or a new one beside the other tabs of
 * the same person. In the order of a claim: the client's row, the connection's own, the sessions,
 * `welcome`; and only then is the connection that the client was on told and closed. Whatever fails
 * before that puts everything back; whoever dies is gone on for by the next `hello`.
 */
export async function enterClient(deps: HelloDeps, hello: ClientHello): Promise<Outcome<undefined>> {
  const place = await takePlace(deps, hello);
  if (place === undefined) return unauthenticated();
  let welcomed: Welcomed | undefined;
  const moved: ClientSession[] = [];
  try {
    welcomed = await welcomeClient(deps, hello, { place, moved });
  } finally {
    if (welcomed === undefined) await giveClientBack(deps, hello.connection, { place, moved });
  }
  if (welcomed === undefined) return place.undo === undefined ? leave(deps, hello, place) : unauthenticated();
  const { connection } = hello;
  const { connectionId } = connection;
  const { clientId, resumed } = place;
  const resume =
    hello.resumeKey === undefined ? {} : { resume: resumed ? ('kept' as const) : ('lost' as const) };
  deps.lifeLog.note({ type: 'welcomed', connectionId, kind: 'client', clientId, ...resume });
  await orNote(deps.lifeLog, 'hello.tell-changed', () => tellWhatHasChanged(deps, connection, welcomed));
  if (place.arrival !== undefined) return (await settle(deps, hello, place)) ? done(undefined) : notAllTold();
  if (place.isRepeated) {
    await orNote(deps.lifeLog, 'hello.tell-replaced', () => settleOrDismiss(deps, connection, clientId));
  }
  return done(undefined);
}

/** What the client was told that it has, and of which robots. */
type Welcomed = { readonly sessions: readonly ClientSession[]; readonly robots: readonly RobotSession[] };

async function welcomeClient(
  deps: HelloDeps,
  hello: ClientHello,
  { place, moved }: { place: Place; moved: ClientSession[] },
): Promise<Welcomed | undefined> {
  const { connection } = hello;
  const { clientId, epoch } = place;
  const ready = { ...connection, state: 'ready', client: { clientId, epoch } } as const;
  const nextDeadlineAt = connectionDeadline(deps.policy, ready);
  const change = { client: ready.client, nextDeadlineAt };
  if (!(await deps.connections.markReady(connection.connectionId, change))) return undefined;
  const sessions = await moveSessions(deps, place.sessions, ready, (session) => moved.push(session));
  const robots = await robotsOf(deps, sessions);
  const entries = sessions.map((session) => ({
    ...sessionEntry(session, robots),
    received: session.received.byRobot,
    state: isOnline(robots, session.robotId) ? ('open' as const) : ('suspended' as const),
  }));
  const posted = await deps.peers.post(
    connection,
    welcomeOf(ready, {
      policy: deps.policy,
      fleetSize: deps.fleetSize,
      now: deps.clock.now(),
      requestId: hello.requestId,
      resumeKey: place.key.key,
      resumed: place.resumed,
      sessions: entries,
    }),
  );
  return posted === 'gone' ? undefined : { sessions, robots };
}

/**
 * Tells the other sides, and the connection that the client was on. Nothing of it can undo the `hello` any more. False
 * when a robot could not be told: the arrival is not over then, and its next `hello` goes on with it.
 */
async function settle(deps: HelloDeps, hello: ClientHello, place: Place): Promise<boolean> {
  const { clientId, arrival } = place;
  const { connection } = hello;
  if (arrival?.replaced !== undefined) await dismissConnection(deps, arrival.replaced);
  let areTold = false;
  const isDone = await orNote(deps.lifeLog, 'hello.tell-back', async () => {
    const told = await Promise.all(place.sessions.map((key) => tellBack(deps, hello, key)));
    areTold = !told.includes(false);
    const { connectionId, identity } = connection;
    await endForbiddenSessions(deps, place.sessions, { connectionId, groups: identity.groups });
    if (areTold) await settleOrDismiss(deps, connection, clientId);
  });
  return isDone && areTold;
}

/** Who took the client while `welcome` was under way has told this connection before that arrived. */
async function settleOrDismiss(deps: HelloDeps, connection: Connection, clientId: ClientId): Promise<void> {
  if (!(await deps.clients.settle(clientId, connection.connectionId))) await dismiss(deps, connection);
}

async function tellBack(deps: HelloDeps, hello: ClientHello, key: SessionKey): Promise<boolean> {
  const { sessionId, robotId } = key;
  const received = receivedBy(hello, sessionId);
  if (received !== undefined) await deps.sessions.noteReceived(key, { byClient: received });
  const robot = await deps.robots.get(robotId);
  return tellIfThere(deps, robot?.socket, { type: 'peerBack', sessionId, received: received ?? 0 });
}

/** A robot that came or went, or ended a session, while `welcome` was under way has told it before that arrived. */
async function tellWhatHasChanged(
  deps: HelloDeps,
  connection: Connection,
  { sessions, robots }: Welcomed,
): Promise<void> {
  if (sessions.length === 0) return;
  await Promise.all(sessions.map((session) => tellIfOver(deps, copyOf(connection), session)));
  const now = await robotsOf(deps, sessions);
  const changed = now.filter(({ robotId }) => isOnline(now, robotId) !== isOnline(robots, robotId));
  await Promise.all(
    changed.flatMap((robot) =>
      sessions
        .filter(({ robotId }) => robotId === robot.robotId)
        .map((session) => tellClientOfRobot(deps, session, robot)),
    ),
  );
}

async function dismissConnection(deps: HelloDeps, connectionId: Connection['connectionId']): Promise<void> {
  const old = await deps.connections.get(connectionId);
  if (old !== undefined) await dismiss(deps, old);
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
  const detached = await deps.clients.detach(clientId, { connectionId, resumeEndsAt: deps.clock.now() });
  if (detached?.sessions.length === 0) await deps.clients.remove(clientId, connectionId);
  return unauthenticated();
}
