import type { SocketAddress } from '../../../../functions/core/model/connection.ts';
import {
  grantControl,
  releaseControl,
  requestControl,
} from '../../../../functions/core/use-cases/change-control.ts';
import type { SessionId } from '../../../../protocol/ids.ts';
import { opened, sent, socketNamed, welcomed } from './cast.ts';
import { admin1, operator1, operator2, rover1, roverId, viewer1 } from './people.ts';
import { newWorld, type World } from './world.ts';

export const robot = socketNamed('robot');

/** Who has a session with the robot, by name. */
export const people = { operator: operator1, second: operator2, viewer: viewer1, admin: admin1 } as const;
export type Name = keyof typeof people;
export const names: readonly Name[] = ['operator', 'second', 'viewer', 'admin'];

export const socketOf = (name: Name): SocketAddress => socketNamed(name);

/** A robot with a session of each; control is with the one named, or free. */
export async function crew({ holder }: { holder?: Exclude<Name, 'viewer'> } = {}) {
  const world = newWorld();
  await welcomed(world, rover1, { name: 'robot' });
  const sessions = {} as Record<Name, SessionId>;
  for (const name of names) {
    const socket = await welcomed(world, people[name], { name });
    const mode = name === holder ? 'control' : 'view';
    sessions[name] = (await opened(world, socket, { mode })).sessionId;
  }
  world.pass(1_000);
  return { world, sessions, leaseEpoch: holder === undefined ? 0 : 1, posted: world.gateway.posted.length };
}
export type Crew = Awaited<ReturnType<typeof crew>>;

type Made = Pick<Crew, 'world' | 'sessions'>;

export function request({ world, sessions }: Made, name: Name, { force = false, of = name } = {}) {
  return requestControl(world.deps, {
    caller: socketOf(name),
    robotId: roverId,
    sessionId: sessions[of],
    force,
  });
}

export function grant({ world, sessions }: Made, name: Name, to: SessionId) {
  return grantControl(world.deps, {
    caller: socketOf(name),
    robotId: roverId,
    sessionId: sessions[name],
    to,
  });
}

export function release({ world, sessions }: Made, name: Name, of: Name = name) {
  return releaseControl(world.deps, { caller: socketOf(name), robotId: roverId, sessionId: sessions[of] });
}

/** What was posted since the crew was made, but signals, by whom it reached. */
export function heardSince({ world, posted }: Pick<Crew, 'world' | 'posted'>) {
  return world.gateway.posted.slice(posted).map(({ to, message }) => ({ to: String(to), message }));
}

export function controlOf(world: World) {
  const robot = world.robot();
  return { controller: robot?.controllerSessionId, leaseEpoch: robot?.leaseEpoch };
}

/** What a socket must take for true of the robot's control: the word with the highest leaseEpoch. */
export function believedBy(world: World, socket: SocketAddress) {
  const words = sent(world, socket, 'controlChanged');
  const last = words.reduce<(typeof words)[number] | undefined>(
    (best, word) => (best === undefined || word.leaseEpoch >= best.leaseEpoch ? word : best),
    undefined,
  );
  return last && { controller: last.sessionId ?? undefined, leaseEpoch: last.leaseEpoch };
}
