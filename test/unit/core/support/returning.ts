import type { SocketAddress } from '../../../../functions/core/model/connection.ts';
import { disconnect } from '../../../../functions/core/use-cases/disconnect.ts';
import { connected, granted, hello, keyOf, opened, socketNamed, welcomed } from './cast.ts';
import { operator1, rover1, type User } from './people.ts';
import { newWorld, type World } from './world.ts';

/** The robot's connection and its next one; the client's, and the ones by which it may come back. */
export const robot = socketNamed('robot');
export const robot2 = socketNamed('robot-2');
export const a = socketNamed('A');
export const b = socketNamed('B');
export const c = socketNamed('C');

export const replaced = { type: 'goAway', code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 };

/** rover-1 on `robot`, and operator-1 on `A` in control of it, with the key by which it may come back. */
export async function pair(settings: Parameters<typeof newWorld>[0] = {}) {
  const world = newWorld(settings);
  await welcomed(world, rover1, { name: 'robot' });
  await welcomed(world, operator1, { name: 'A' });
  const { sessionId } = await opened(world, a);
  world.pass(1_000);
  return { world, sessionId, key: keyOf(world, a) };
}

type Return = {
  readonly name?: string;
  readonly resume?: string | true | undefined;
  readonly received?: Readonly<Record<string, number>>;
  readonly as?: User;
};

/** A client on a new connection that has said `hello`: by default operator-1 on `B`. */
export async function back(world: World, { name = 'B', as = operator1, resume, received }: Return = {}) {
  const socket = await connected(world, as, { name });
  const returning = { ...(resume !== undefined && { resume }), ...(received !== undefined && { received }) };
  granted(await hello(world, socket, returning));
  return socket;
}

/** The robot on a new connection, by default `robot-2`, and with the sessions that it had. */
export function robotBack(world: World, returning: Return = {}) {
  return back(world, { name: 'robot-2', as: rover1, resume: true, ...returning });
}

/** A socket is cut, and the gateway says so. */
export async function lose(world: World, socket: SocketAddress) {
  world.gateway.drop(socket);
  await disconnect(world.deps, socket);
}
