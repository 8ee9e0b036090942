import { expect, it } from 'vitest';
import { countRobots } from '../../../functions/core/use-cases/count-robots.ts';
import { connectionId, robotId } from '../../../protocol/ids.ts';
import { newWorld, t0 } from './support/world.ts';

/** So many robots, of which the first `online` have a connection and the next `away` have lost theirs. */
async function fleetOf(known: number, { online, away }: { online: number; away: number }) {
  const world = newWorld();
  const { robots, fleets } = world.deps;
  for (let i = 0; i < known; i++) {
    const id = robotId.parse(`rover-${i.toString().padStart(4, '0')}`);
    const socket = {
      connectionId: connectionId.parse(`c${i}=`),
      endpoint: 'https://example.org/v1',
      tokenExpiresAt: t0 + 1,
      connectedAt: t0,
    };
    const of = { connectionId: socket.connectionId, now: t0, resumeEndsAt: t0 + 1 };
    await fleets.enlist(id, { fleets: ['demo'], left: [] });
    await robots.claim(id, { socket, fleets: ['demo'], now: t0 });
    if (i >= online) await robots.release(id, of);
    if (i >= online + away) await robots.endResume(id, { now: t0 + 1, retryAt: t0 + 2 });
  }
  return world;
}

it.each([0, 1, 99, 100, 101, 250])('counts %i robots, each once, by their own rows', async (known) => {
  const online = Math.floor(known / 2);
  const away = Math.min(3, known - online);
  const world = await fleetOf(known, { online, away });
  const count = { online, away, known };
  world.tap.forget();
  expect(await countRobots(world.deps, { endBy: t0 + 1_000 })).toEqual(count);
  // A page that is full may be the last: it is asked whether there is one more.
  expect(world.tap.count('fleets.list')).toBe(Math.floor(known / 100) + 1);
  expect(world.tap.count('robots.getMany')).toBe(Math.ceil(known / 100));
  expect(world.events).toEqual([{ type: 'robots_counted', ...count }]);
});

it('says nothing when its time is over: half a count would look like a loss', async () => {
  const world = await fleetOf(3, { online: 3, away: 0 });
  expect(await countRobots(world.deps, { endBy: t0 })).toBeUndefined();
  expect(world.events).toEqual([]);
});
