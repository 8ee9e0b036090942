import type { RobotId } from '../../../protocol/ids.ts';
import type { ClientSession } from '../model/client-session.ts';
import type { Connection } from '../model/connection.ts';
import type { RobotArrival } from '../model/robot-arrival.ts';
import type { RobotSession } from '../model/robot-session.ts';
import type { HelloDeps } from './hello-deps.ts';
import type { Returning } from './returning.ts';

export type RobotHello = Returning & {
  readonly connection: Connection;
  readonly robotId: RobotId;
  readonly requestId: string | undefined;
  /** Whether it goes on with the sessions that it had; else they end. */
  readonly resume: boolean;
};

/** A claim that was won. `previous` is the row before it; absent when it is another `hello` that made it. */
export type Claimed = {
  readonly current: RobotSession;
  readonly arrival: RobotArrival;
  /** Whether this `hello` has claimed; false when it merely repeats one that is over. */
  readonly isNew: boolean;
  readonly undo?: { readonly previous: RobotSession | undefined };
};

/** The robot and how it came, if this connection is it. */
export function arrivalOf(deps: HelloDeps, { robotId, connection }: RobotHello) {
  return deps.robots.arrivalOf(robotId, connection.connectionId);
}

/** A robot that begins anew has only what was opened since. */
export function isKept(
  { openedAt }: ClientSession,
  { current, arrival }: Pick<Claimed, 'current' | 'arrival'>,
): boolean {
  const [claimedAt = 0] = current.claimedAt;
  return arrival.resume || arrival.isTold || openedAt > claimedAt;
}
