import { type RobotId, robotId, type SessionId } from '../../../../protocol/ids.ts';
import { opened, socketNamed, welcomed } from '../../core/support/cast.ts';
import { admin1, type User, user } from '../../core/support/people.ts';
import { newWorld, type World } from '../../core/support/world.ts';

/** Every caller that `$connect` lets in, by the column of the table that holds for it. */
export const callers: readonly { column: string; who: User }[] = [
  { column: 'admin', who: user('admin-0', 'admins') },
  { column: 'admin', who: user('admin-s', 'admins', 'fleet:demo') },
  { column: 'admin', who: user('admin-o', 'admins', 'fleet:other') },
  { column: 'op:shared', who: user('operator-s', 'operators', 'fleet:demo') },
  { column: 'op:other', who: user('operator-o', 'operators', 'fleet:other') },
  { column: 'op:none', who: user('operator-0', 'operators') },
  { column: 'vw:shared', who: user('viewer-s', 'viewers', 'fleet:demo') },
  { column: 'vw:other', who: user('viewer-o', 'viewers', 'fleet:other') },
  { column: 'vw:none', who: user('viewer-0', 'viewers') },
  { column: 'robot', who: user('robot-s', 'robots', 'fleet:demo') },
  { column: 'robot', who: user('robot-o', 'robots', 'fleet:other') },
  { column: 'robot', who: user('robot-0', 'robots') },
];

/** The robot that is asked for, in fleet `demo`; and one in fleet `other`. */
export const target = robotId.parse('rover-1');
const elsewhere = robotId.parse('rover-8');
export const nowhere = robotId.parse('nowhere');

export type Session = { readonly robotId: RobotId; readonly sessionId: SessionId };
export type Wish = 'control' | 'view' | 'view, held';

/**
 * Two robots, with a session of `mate`, an admin, with each; and the caller with a session of its own
 * where it may have one: with a robot that it may see, for a robot the one that `mate` has with it.
 */
export async function cast({ who, column }: (typeof callers)[number], wish: Wish) {
  const world = newWorld();
  await welcomed(world, user(target, 'robots', 'fleet:demo'), { name: 'target' });
  await welcomed(world, user(elsewhere, 'robots', 'fleet:other'), { name: 'elsewhere' });
  const caller = await welcomed(world, who, { name: 'caller' });
  const mate = await welcomed(world, admin1, { name: 'mate' });
  const mode = wish === 'view, held' ? 'control' : 'view';
  const of = (id: RobotId) => opened(world, mate, { robotId: id, mode });
  const foreign = await of(target);
  const away = await of(elsewhere);
  const own = await ownSession(world, { who, column, wish });
  const withSame = [foreign, away].find((session) => session.robotId === own?.robotId);
  return { world, caller, own, foreign, mateOfOwn: withSame ?? foreign };
}

async function ownSession(
  world: World,
  { who, column, wish }: { who: User; column: string; wish: Wish },
): Promise<Session | undefined> {
  if (column.endsWith(':none')) return undefined;
  const mate = socketNamed('mate');
  if (column === 'robot') return opened(world, mate, { robotId: robotId.parse(who.userName), mode: 'view' });
  const own = column.endsWith(':other') ? elsewhere : target;
  const mode = wish === 'control' && !column.startsWith('vw') ? 'control' : 'view';
  return opened(world, socketNamed('caller'), { robotId: own, mode });
}
