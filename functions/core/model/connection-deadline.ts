import { gateway, type TokenPolicy } from '../../../protocol/token-policy.ts';
import type { Connection } from './connection.ts';
import { spreadOf, spreadRange } from './spread.ts';

/** What decides when something must happen to a connection. */
export type Timed = Pick<Connection, 'connectionId' | 'connectedAt' | 'token' | 'state' | 'settledUntil'>;

/**
 * A moment in the life of a connection that has said `hello`. `warning`, `expiry` and `roll_over` are
 * announced to its holder, a `check` asks the gateway whether the socket is still there.
 */
export type Milestone = {
  readonly what: 'warning' | 'expiry' | 'roll_over' | 'check';
  readonly at: number;
};

function milestonesOf(policy: TokenPolicy, connection: Timed): readonly Milestone[] {
  const { connectedAt, token, settledUntil } = connection;
  return [
    ...policy.warnMs.map((warnMs) => ({ what: 'warning', at: token.expiresAt - warnMs }) as const),
    { what: 'expiry', at: token.expiresAt },
    { what: 'roll_over', at: rollOverAt(policy, connection) },
    { what: 'check', at: Math.max(connectedAt, settledUntil) + policy.checkEveryMs },
  ];
}

/**
 * When a connection is told to make room for its successor: within the window of the policy, at a
 * moment of its own. A fleet that returned at one moment after an outage does not roll over at one.
 */
export function rollOverAt(
  { rollOverMs: { from, to }, cleanupEveryMs }: TokenPolicy,
  { connectionId, connectedAt }: Pick<Connection, 'connectionId' | 'connectedAt'>,
): number {
  // A run of the cleanup may be a period late, and the window is what the holder was promised.
  const widthMs = Math.max(0, to - from - cleanupEveryMs);
  return connectedAt + from + Math.floor((spreadOf(connectionId) / spreadRange) * widthMs);
}

/** The moment at which the connection is closed: its grace has ended (I1), or `hello` did not come in time. */
export function closesAt(policy: TokenPolicy, { connectedAt, token, state }: Timed): number {
  const graceEndsAt = token.expiresAt + policy.graceMs;
  return state === 'connected' ? Math.min(graceEndsAt, connectedAt + policy.helloWithinMs) : graceEndsAt;
}

/** What is to be announced or looked at by now and has not been, soonest first. */
export function dueMilestones(policy: TokenPolicy, connection: Timed, now: number): readonly Milestone[] {
  if (connection.state !== 'ready') return [];
  return milestonesOf(policy, connection)
    .filter(({ at }) => connection.settledUntil < at && at <= now)
    .sort((one, other) => one.at - other.at);
}

/** The next moment at which something must happen to the connection. May be past: then it is due. */
export function connectionDeadline(policy: TokenPolicy, connection: Timed): number {
  const open = connection.state === 'ready' ? milestonesOf(policy, connection) : [];
  const unsettled = open.map(({ at }) => at).filter((at) => connection.settledUntil < at);
  return Math.min(closesAt(policy, connection), ...unsettled);
}

/** A margin over the gateway's own limit, for clocks and for what is still under way. */
const surelyGoneAfterMs = gateway.connectionMs + 10 * 60_000;

/** Whether the gateway must have cut the socket by now, reachable or not: an endpoint may be no more. */
export function isSurelyGone({ connectedAt }: Pick<Connection, 'connectedAt'>, now: number): boolean {
  return connectedAt + surelyGoneAfterMs <= now;
}
