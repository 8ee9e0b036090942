import type { ConnectionId } from '../../../protocol/ids.ts';
import { type Connection, type HowEnded, isExpired } from '../model/connection.ts';
import { closesAt, connectionDeadline, dueMilestones, isSurelyGone } from '../model/connection-deadline.ts';
import { DependencyUnavailable } from '../ports/dependency-unavailable.ts';
import { type Announcement, announcements, noteAnnouncement } from './announcements.ts';
import { type EndConnectionDeps, endConnection, retryMs } from './end-connection.ts';
import { partWith } from './part-with.ts';

/**
 * Does what is due to one connection: closes it, announces to its holder what is coming, or asks the
 * gateway whether it is still there. What is due is read from the row itself; each write is under the
 * condition that the row is still as it was read, which decides against a refresh or a `hello` of the
 * same moment (I2, I6). Every step may be repeated by a later run.
 *
 * @returns what was done; undefined when somebody else came first, or nothing was due after all.
 */
export async function actOnConnection(
  deps: EndConnectionDeps,
  connectionId: ConnectionId,
  now: number,
): Promise<'closed' | 'announced' | 'checked' | undefined> {
  const connection = await deps.connections.get(connectionId);
  if (connection === undefined) return undefined;
  if (connection.state === 'closing' || closesAt(deps.policy, connection) <= now) {
    return close(deps, connection, now);
  }
  const due = dueMilestones(deps.policy, connection, now);
  if (due.length === 0) {
    // A `hello` and a refresh of the same moment can leave the deadline of the shorter life on the row
    // of the longer one.
    const until = connectionDeadline(deps.policy, connection);
    await deps.connections.putOff(connection, { now, until });
    return undefined;
  }
  const toSay = announcements(deps.policy, { connection, due, now });
  return toSay.length === 0 ? check(deps, connection, now) : announce(deps, connection, { toSay, now });
}

async function close(
  deps: EndConnectionDeps,
  connection: Connection,
  now: number,
): Promise<'closed' | undefined> {
  const how = connection.endsAs ?? howItEnds(connection, now);
  const begun = await deps.connections.beginClosing(connection, { now, retryAt: now + retryMs, how });
  if (!begun) return undefined;
  await partWith(deps, connection, how);
  return 'closed';
}

function howItEnds({ token }: Connection, now: number): HowEnded {
  return isExpired(token.expiresAt, now) ? 'expired' : 'no_hello';
}

/** Nothing is written before the answer, and nothing said: two runs at once ask twice, and that is all. */
async function check(
  deps: EndConnectionDeps,
  connection: Connection,
  now: number,
): Promise<'closed' | 'checked' | undefined> {
  const found = await orSurelyGone(connection, now, () => deps.peers.find(connection));
  if (found === 'gone') return endGone(deps, connection, now);
  await settle(deps, connection, now);
  return 'checked';
}

/** The row rests while it is said, so that a second run does not say it too, and one that dies leaves it to the next. */
async function announce(
  deps: EndConnectionDeps,
  connection: Connection,
  { toSay, now }: { toSay: readonly Announcement[]; now: number },
): Promise<'closed' | 'announced' | undefined> {
  const next = connectionDeadline(deps.policy, { ...connection, settledUntil: now });
  const until = Math.min(now + retryMs, next);
  if (!(await deps.connections.rest(connection, { now, until }))) return undefined;
  for (const announcement of toSay) {
    const posted = await orSurelyGone(connection, now, () => deps.peers.post(connection, announcement));
    if (posted === 'gone') return endGone(deps, connection, now);
    noteAnnouncement(deps.lifeLog, connection, announcement);
  }
  await settle(deps, connection, now);
  return 'announced';
}

async function settle(deps: EndConnectionDeps, connection: Connection, now: number): Promise<void> {
  const nextDeadlineAt = connectionDeadline(deps.policy, { ...connection, settledUntil: now });
  await deps.connections.settle(connection, { settledUntil: now, nextDeadlineAt });
}

/** The gateway does not know the socket any more, and its `$disconnect` never came. */
async function endGone(
  deps: EndConnectionDeps,
  { connectionId }: Connection,
  now: number,
): Promise<'closed' | undefined> {
  const how = 'gone';
  const closing = await deps.connections.markClosing(connectionId, { retryAt: now + retryMs, how });
  if (closing === undefined) return undefined;
  await endConnection(deps, closing, how);
  return 'closed';
}

/** A gateway that cannot be asked says nothing, unless it must have cut the socket long ago. */
async function orSurelyGone<T>(
  connection: Connection,
  now: number,
  ask: () => Promise<T>,
): Promise<T | 'gone'> {
  try {
    return await ask();
  } catch (failure) {
    if (failure instanceof DependencyUnavailable && isSurelyGone(connection, now)) return 'gone';
    throw failure;
  }
}
