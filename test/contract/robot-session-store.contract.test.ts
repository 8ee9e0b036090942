import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { bothOrders, connectionId, names, robot, socket, t0 } from './support/samples.ts';

const rover = robot('rover-1');
const byA = { socket: socket('a', t0), fleets: ['demo'], resume: true, now: t0 + 10 };
const byB = { socket: socket('b', t0 + 1000), fleets: ['demo'], resume: true, now: t0 + 1010 };
const ofA = { connectionId: connectionId('a') };
const lost = { ...ofA, now: t0 + 20, resumeEndsAt: t0 + 9000 };

onEveryAdapter('RobotSessionStore: token, reads', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);

  describe('copyToken', () => {
    const copy = (tokenExpiresAt: number, fleets = ['new']) => ({
      connectionId: connectionId('a'),
      tokenExpiresAt,
      fleets,
    });

    it('copies the end of the token and the fleets, and nothing else', async () => {
      await store().claim(rover, byA);
      const before = await get();
      expect(await store().copyToken(rover, copy(t0 + 100_000))).toBe(true);
      expect(await get()).toEqual({
        ...before,
        fleets: ['new'],
        socket: { ...byA.socket, tokenExpiresAt: t0 + 100_000 },
      });
    });

    it('copies the fleets of a token with the same end', async () => {
      await store().claim(rover, byA);
      expect(await store().copyToken(rover, copy(byA.socket.tokenExpiresAt))).toBe(true);
      expect(await get()).toMatchObject({ fleets: ['new'] });
    });

    it('F14: does not shorten, nor take the fleets of the older token; the robot is still this connection’s', async () => {
      await store().claim(rover, byA);
      await store().copyToken(rover, copy(t0 + 100_000));
      expect(await store().copyToken(rover, copy(t0 + 99_999, ['older']))).toBe(true);
      expect(await get()).toMatchObject({ fleets: ['new'], socket: { tokenExpiresAt: t0 + 100_000 } });
    });

    it('two refreshes at once leave the longer', async () => {
      for (const name of names('raced', 10)) {
        const raced = robot(name);
        await store().claim(raced, byA);
        const ends = [t0 + 100_000, t0 + 200_000, t0 + 150_000];
        const told = await Promise.all(ends.map((end) => store().copyToken(raced, copy(end, [String(end)]))));
        expect(told).toEqual([true, true, true]);
        expect(await store().get(raced)).toMatchObject({
          fleets: [String(t0 + 200_000)],
          socket: { tokenExpiresAt: t0 + 200_000 },
        });
      }
    });

    it.each([
      ['longer', t0 + 100_000],
      ['shorter', t0 + 1],
    ])(
      'is false for a connection that was replaced, with a %s token, and changes nothing',
      async (_, end) => {
        await store().claim(rover, byA);
        await store().claim(rover, byB);
        const before = await get();
        expect(await store().copyToken(rover, copy(end))).toBe(false);
        expect(await get()).toEqual(before);
      },
    );

    it('is false for a robot that is away or was never here', async () => {
      expect(await store().copyToken(rover, copy(t0 + 100_000))).toBe(false);
      expect(await get()).toBeUndefined();
      await store().claim(rover, byA);
      await store().release(rover, lost);
      expect(await store().copyToken(rover, copy(t0 + 100_000))).toBe(false);
    });

    it.each(bothOrders)('and a new claim at once: the claim’s own copy stands ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = robot(name);
        await store().claim(raced, byA);
        await race(
          () => store().copyToken(raced, copy(t0 + 900_000)),
          () => store().claim(raced, byB),
        );
        expect(await store().get(raced)).toMatchObject({ socket: byB.socket, fleets: byB.fleets });
      }
    });
  });

  describe('getMany', () => {
    it('gives those that are known, each once', async () => {
      await store().claim(rover, byA);
      await store().claim(robot('rover-2'), byB);
      const found = await store().getMany([robot('rover-2'), robot('nobody'), rover, rover]);
      expect([...found].sort((one, other) => one.robotId.localeCompare(other.robotId))).toEqual([
        await get(),
        await store().get(robot('rover-2')),
      ]);
    });

    it('takes none, and takes a hundred', async () => {
      const ids = names('rover', 100).map(robot);
      expect(await store().getMany([])).toEqual([]);
      await Promise.all(ids.map((id) => store().claim(id, byA)));
      expect(await store().getMany(ids)).toHaveLength(100);
    });

    it('refuses more than a hundred', async () => {
      await expect(store().getMany(names('rover', 101).map(robot))).rejects.toThrow(RangeError);
    });
  });
});
