import type { SocketAddress } from '../../../../functions/core/model/connection.ts';
import { watchRobots } from '../../../../functions/core/use-cases/watch-robots.ts';
import { robotId } from '../../../../protocol/ids.ts';
import { granted, sent, welcomed } from './cast.ts';
import type { User } from './people.ts';
import type { World } from './world.ts';

export function watch(world: World, caller: SocketAddress, robots?: readonly string[]) {
  return watchRobots(world.deps, { caller, robotIds: robots?.map((id) => robotId.parse(id)) });
}

/** A client that watches: all that it may see, or the robots named. */
export async function watcher(
  world: World,
  who: User,
  of: { name?: string; robots?: readonly string[] } = {},
) {
  const { name = `watching-${who.userName}`, robots } = of;
  const socket = await welcomed(world, who, { name });
  granted(await watch(world, socket, robots));
  return socket;
}

/** The states of a robot that a socket was told of, in order. */
export function statesTold(world: World, to: SocketAddress, of = 'rover-1') {
  return sent(world, to, 'robotStatus')
    .filter((status) => status.robotId === of)
    .map(({ state }) => state);
}

/** Under what each socket is known as a watcher. */
export function topicsWatched(world: World): Readonly<Record<string, readonly string[]>> {
  const topics: Record<string, string[]> = {};
  for (const [topic, sockets] of world.state.watchers) {
    for (const connectionId of sockets.keys())
      topics[connectionId] = [...(topics[connectionId] ?? []), topic];
  }
  return topics;
}
