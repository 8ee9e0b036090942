import { isDeepStrictEqual } from 'node:util';
import type { RobotSession, RobotSocket } from '../../../../../functions/core/model/robot-session.ts';
import type { ConnectionId } from '../../../../../protocol/ids.ts';
import { type Invariant, mustHold } from '../look.ts';
import type { ModelWorld } from '../world.ts';

const leaving = new Set(['$disconnect', 'bye']);

/** I4: one connection is the robot; the epoch tells its changes apart; an old one changes nothing. */
export const newest: Invariant = {
  name: 'I4: one connection is the robot, each change raises the epoch, and an old one changes nothing',
  look() {
    let lastHolder: ConnectionId | undefined;
    let epochOfLast = 0;
    /** Who was the robot at some time in this round: a signal may have read it then. */
    let holders = new Set<ConnectionId>();

    return {
      robot(world, { by, before, after }) {
        mustHold(after !== undefined, 'the row of a robot was deleted: its epoch would fall back');
        mustHold(after.epoch >= (before?.epoch ?? 0), `the epoch fell: ${before?.epoch} to ${after.epoch}`);
        const holder = after.socket?.connectionId;
        if (holder !== undefined && holder !== lastHolder) {
          mustHold(after.epoch > epochOfLast, `${holder} became the robot without a new epoch`);
        }
        if (holder !== undefined) {
          lastHolder = holder;
          epochOfLast = after.epoch;
          holders.add(holder);
        }
        const lost = before?.socket?.connectionId;
        if (lost === undefined || lost === holder) return;
        const isClaim = by.name === 'hello' && holder !== undefined && by.connectionId === holder;
        mustHold(
          !isClaim || isNewer(after.socket, before?.socket),
          `${holder} took the robot from ${lost}, which is newer`,
        );
        const row = world.state.connections.get(lost);
        const isLeaving = row === undefined || row.state === 'closing' || by.connectionId === lost;
        mustHold(
          by.name === 'hello' || isLeaving,
          `${by.name} ${by.connectionId} took the robot from ${lost}, which is alive`,
        );
        // Who signs out closes what else stems from that sign-in.
        const isSignedOut = row?.state === 'closing' && row.endsAs === 'revoked';
        const isOlder =
          leaving.has(by.name) && by.connectionId !== lost && !isSignedOut && isRobot(world, by.connectionId);
        mustHold(
          !isOlder || same(before, after),
          `a late ${by.name} of ${by.connectionId} changed the robot`,
        );
      },

      delivered(world, { by, to, message }) {
        if (message.type !== 'signal') return;
        const robot = message.from === 'robot' ? by.connectionId : to;
        mustHold(
          robot !== undefined && (holders.has(robot) || holderNow(world) === robot),
          `a signal went ${message.from === 'robot' ? 'from' : 'to'} ${robot}, which is not the robot`,
        );
      },

      afterRound(world) {
        const now = holderNow(world);
        holders = new Set(now === undefined ? [] : [now]);
      },
    };
  },
};

type Rows = { readonly state: { readonly robots: ReadonlyMap<unknown, RobotSession> } };

function holderNow({ state }: Rows): ConnectionId | undefined {
  const [robot] = state.robots.values();
  return robot?.socket?.connectionId;
}

function isRobot({ socketOf }: Pick<ModelWorld, 'socketOf'>, id: ConnectionId | undefined): boolean {
  return id !== undefined && socketOf(id)?.user.groups.includes('robots') === true;
}

/** Of two that connected at the same moment, the greater id. */
function isNewer(one: RobotSocket | undefined, other: RobotSocket | undefined): boolean {
  if (one === undefined || other === undefined) return true;
  if (one.connectedAt !== other.connectedAt) return one.connectedAt > other.connectedAt;
  return one.connectionId > other.connectionId;
}

function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other);
}
