import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { sessionKey } from './support/clients.ts';
import { at, away, key, lost, place, resumeEndsAt, s1 } from './support/places.ts';
import {
  allDue,
  allDueSince,
  bothOrders,
  client,
  clientSession,
  connectionId,
  names,
  robot,
  socketCopy,
  t0,
} from './support/samples.ts';

onEveryAdapter('ClientSessionStore: the client’s place', (stores) => {
  const store = () => stores().sessions;
  const get = () => store().get(key);
  const due = (now: number) => allDue((of) => store().due(of), now);

  it('gives back a session that was created while its client is away', async () => {
    await store().create(away(3));
    expect(await get()).toEqual(away(3));
    expect(await store().listByRobot(key.robotId)).toEqual([away(3)]);
    expect(await due(resumeEndsAt)).toEqual([key]);
  });

  describe('suspend', () => {
    it('takes the socket away and waits until the window ends, when it is due', async () => {
      await store().create(s1());
      expect(await store().suspend(key, lost())).toBe(true);
      expect(await get()).toEqual(away());
      expect(await due(resumeEndsAt - 1)).toEqual([]);
      expect(await allDueSince((of) => store().due(of), resumeEndsAt)).toEqual([
        { key, dueAt: resumeEndsAt },
      ]);
    });

    it('keeps everything else, such as what was received and granted', async () => {
      const more = { received: { byRobot: 7, byClient: 9 }, mode: 'view', openedAt: t0 - 5 } as const;
      await store().create({ ...s1(), ...more });
      await store().suspend(key, lost());
      expect(await get()).toEqual({ ...away(), ...more });
      expect((await stores().signalPath.read(key)).session).toEqual({ ...away(), ...more });
    });

    it('also when it was put here by an older connection of the same client: it was not moved yet', async () => {
      await store().create(s1(1));
      expect(await store().suspend(key, lost(2))).toBe(true);
      expect(await get()).toEqual({ ...away(), clientEpoch: expect.any(Number) });
    });

    it('is false when a newer connection of the client is here, and changes nothing (I4)', async () => {
      await store().create(s1(3));
      for (const older of [1, 2]) expect(await store().suspend(key, lost(older))).toBe(false);
      expect(await get()).toEqual(s1(3));
    });

    it.each([-60_000, 60_000])(
      'is false when it waits already: the window does not move, by %i ms',
      async (byMs) => {
        await store().create(s1());
        await store().suspend(key, lost());
        for (const clientEpoch of [1, 2]) {
          expect(await store().suspend(key, lost(clientEpoch, resumeEndsAt + byMs))).toBe(false);
        }
        expect(await get()).toEqual(away());
      },
    );

    it('is false for another client’s session, and does not touch it', async () => {
      await store().create(s1());
      expect(await store().suspend(key, { ...lost(9), clientId: client('client-2') })).toBe(false);
      expect(await get()).toEqual(s1());
    });

    it('is false for a session that is gone, and makes no row of it', async () => {
      expect(await store().suspend(key, lost())).toBe(false);
      expect(await get()).toBeUndefined();
      expect(await due(t0 * 2)).toEqual([]);
    });

    it('touches no other session of the same id', async () => {
      const other = clientSession('s1', { robotId: robot('rover-2') });
      await store().create(s1());
      await store().create(other);
      await store().suspend(key, lost());
      expect(await store().get(other)).toEqual(other);
    });

    it('lets exactly one of many say so', async () => {
      await store().create(s1());
      const told = await Promise.all(
        [1, 2, 3, 4].map((i) => store().suspend(key, lost(1, resumeEndsAt + i))),
      );
      expect(told.filter((each) => each)).toHaveLength(1);
      expect(await get()).toEqual(away(1, resumeEndsAt + told.indexOf(true) + 1));
    });
  });

  describe('while it waits', () => {
    it.each(['c1', 'c2'])('no token is copied to it, of %s', async (connection) => {
      await store().create(s1());
      await store().suspend(key, lost());
      const copy = {
        connectionId: connectionId(connection),
        tokenExpiresAt: t0 + 200_000,
        nextDeadlineAt: t0 + 380_000,
      };
      expect(await store().copyToken(key, copy)).toBe(false);
      expect(await get()).toEqual(away());
      expect(await due(resumeEndsAt)).toEqual([key]);
    });

    it('it is removed when its window has ended, exactly (I6)', async () => {
      await store().create(s1());
      await store().suspend(key, lost());
      expect(await store().removeIfDue(key, resumeEndsAt - 1)).toBeUndefined();
      expect(await store().removeIfDue(key, resumeEndsAt)).toEqual(away());
      expect(await get()).toBeUndefined();
    });

    it('it may be removed at any time', async () => {
      await store().create(s1());
      await store().suspend(key, lost());
      expect(await store().remove(key)).toEqual(away());
      expect(await due(t0 * 2)).toEqual([]);
    });

    it('a repeated create finds it', async () => {
      await store().create(s1());
      await store().suspend(key, lost());
      expect(await store().create(s1(2))).toEqual({ created: false, session: away() });
      expect(await get()).toEqual(away());
    });

    it.each(bothOrders)('a copy of a token at once changes nothing of it ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const raced = sessionKey(name);
        await store().create(clientSession(name));
        const [suspended] = await race(
          () => store().suspend(raced, lost()),
          () =>
            store().copyToken(raced, {
              connectionId: connectionId('c1'),
              tokenExpiresAt: t0 + 900_000,
              nextDeadlineAt: t0 + 990_000,
            }),
        );
        expect(suspended).toBe(true);
        expect(await store().get(raced)).toEqual({ ...away(), ...raced });
      }
    });
  });

  describe('moveTo', () => {
    it('puts the socket of the newer connection in the place of the older one, and gives the row', async () => {
      await store().create(s1());
      const moved = await store().moveTo(key, place(2));
      expect(moved).toEqual(at(place(2)));
      expect(await get()).toEqual(moved);
    });

    it('brings back one that waits, due no more at the end of its window', async () => {
      await store().create(s1());
      await store().suspend(key, lost());
      expect(await store().moveTo(key, place(2))).toEqual(at(place(2)));
      expect(await get()).toEqual(at(place(2)));
      expect(await due(place(2).nextDeadlineAt - 1)).toEqual([]);
      expect(await due(place(2).nextDeadlineAt)).toEqual([key]);
    });

    it('keeps everything else, such as what was received and granted', async () => {
      const more = { received: { byRobot: 7, byClient: 9 }, mode: 'view', openedAt: t0 - 5 } as const;
      await store().create({ ...s1(), ...more });
      expect(await store().moveTo(key, place(2))).toEqual({ ...at(place(2)), ...more });
      expect((await stores().signalPath.read(key)).session).toEqual({ ...at(place(2)), ...more });
    });

    it('may be repeated by the same connection, but not after that was lost', async () => {
      await store().create(s1());
      await store().moveTo(key, place(2));
      expect(await store().moveTo(key, place(2))).toEqual(at(place(2)));
      await store().suspend(key, lost(2));
      expect(await store().moveTo(key, place(2))).toBeUndefined();
      expect(await get()).toEqual(away(2));
      expect(await store().moveTo(key, place(3))).toEqual(at(place(3)));
    });

    it('is undefined for an older connection, and changes nothing (I4)', async () => {
      await store().create(s1());
      await store().moveTo(key, place(3));
      for (const older of [1, 2]) expect(await store().moveTo(key, place(older))).toBeUndefined();
      expect(await get()).toEqual(at(place(3)));
    });

    it('is undefined for an older connection also when the newer one was lost', async () => {
      await store().create(s1(3));
      await store().suspend(key, lost(3));
      expect(await store().moveTo(key, place(2))).toBeUndefined();
      expect(await get()).toEqual(away(3));
    });

    it('skips ages that never came here', async () => {
      await store().create(s1());
      expect(await store().moveTo(key, place(7))).toEqual(at(place(7)));
    });

    it('may shorten the life of the copy: it is another token’s', async () => {
      await store().create(s1());
      const shorter = { ...place(2), socket: socketCopy('c2', t0 + 1), nextDeadlineAt: t0 + 2 };
      expect(await store().moveTo(key, shorter)).toEqual(at(shorter));
      expect(await due(t0 + 2)).toEqual([key]);
    });

    it('is undefined for another client’s session, and does not touch it', async () => {
      await store().create(s1());
      expect(await store().moveTo(key, { ...place(9), clientId: client('client-2') })).toBeUndefined();
      expect(await get()).toEqual(s1());
    });

    it('is undefined for a session that is gone, and makes no row of it', async () => {
      expect(await store().moveTo(key, place(2))).toBeUndefined();
      expect(await get()).toBeUndefined();
      expect(await due(t0 * 2)).toEqual([]);
    });

    it('touches no other session of the same id', async () => {
      const other = clientSession('s1', { robotId: robot('rover-2') });
      await store().create(s1());
      await store().create(other);
      await store().moveTo(key, place(2));
      expect(await store().get(other)).toEqual(other);
    });

    it('lets the tokens of the new connection be copied, and no more those of the old', async () => {
      await store().create(s1());
      await store().moveTo(key, place(2));
      const copy = (connection: string) => ({
        connectionId: connectionId(connection),
        tokenExpiresAt: t0 + 200_000,
        nextDeadlineAt: t0 + 380_000,
      });
      expect(await store().copyToken(key, copy('c1'))).toBe(false);
      expect(await get()).toEqual(at(place(2)));
      expect(await store().copyToken(key, copy('c2'))).toBe(true);
    });

    it('of many at once, in any order, ends with the newest', async () => {
      await store().create(s1());
      const ages = [5, 2, 9, 4, 8, 3, 7, 6];
      const moved = await Promise.all(ages.map((age) => store().moveTo(key, place(age))));
      expect(await get()).toEqual(at(place(9)));
      for (const [i, session] of moved.entries()) {
        if (session !== undefined) expect(session).toEqual(at(place(ages[i] ?? 0)));
      }
      expect(moved[ages.indexOf(9)]).toEqual(at(place(9)));
    });
  });
});
