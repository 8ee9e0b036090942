import { describe, expect, it } from 'vitest';
import { clientId } from '../../protocol/ids.ts';
import { onEveryAdapter } from './support/adapters.ts';
import { connectionId, robot, session, socket, t0 } from './support/samples.ts';

const rover = robot('rover-1');
const byA = { socket: socket('a', t0), fleets: ['demo'], now: t0 + 10 };
const byB = { socket: socket('b', t0 + 1000), fleets: ['demo'], now: t0 + 1010 };
const lost = { connectionId: connectionId('a'), now: t0 + 20, resumeEndsAt: t0 + 9000 };
const s1 = session('s1');
const s2 = session('s2');
const first = { clientId: clientId.parse('c1'), userName: 'operator-1', sinceAt: t0 + 15 };
const second = { clientId: clientId.parse('c2'), sinceAt: t0 + 25 };

onEveryAdapter('RobotSessionStore: who holds control', (stores) => {
  const store = () => stores().robots;
  const get = () => store().get(rover);

  describe('the row says whose session has control, and since when', () => {
    it('as it was said when control was given, and to the next one’s name nothing is left of the last', async () => {
      await store().claim(rover, byA);
      const taken = await store().takeControl(rover, s1, first);
      expect(taken).toMatchObject({ controllerSessionId: 's1', controlHolder: first });
      expect(await get()).toEqual(taken);
      const passed = await store().passControl(rover, { from: s1, to: s2, holder: second });
      expect(passed?.controlHolder).toEqual(second);
      expect(await get()).toEqual(passed);
      expect((await store().confirmControl(rover, s2))?.controlHolder).toEqual(second);
    });

    it('not of control that was given without a word of it', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1, first);
      expect(await store().passControl(rover, { from: s1, to: s2 })).not.toHaveProperty('controlHolder');
      expect(await get()).not.toHaveProperty('controlHolder');
    });

    it('not of a request that is repeated: since when stays', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1, first);
      const again = await store().takeControl(rover, s1, { ...first, sinceAt: t0 + 99 });
      expect(again?.controlHolder).toEqual(first);
    });

    it('no more when it is free', async () => {
      await store().claim(rover, byA);
      for (const free of [store().dropControl, store().freeUnconfirmed]) {
        await store().takeControl(rover, s1, first);
        expect(await free(rover, s1)).not.toHaveProperty('controlHolder');
        expect(await get()).not.toHaveProperty('controlHolder');
      }
    });

    it('also of a robot that is away and comes back, and not of one that is offline', async () => {
      await store().claim(rover, byA);
      await store().takeControl(rover, s1, first);
      await store().release(rover, lost);
      expect(await get()).toMatchObject({ state: 'away', controlHolder: first });
      const claim = await store().claim(rover, byB);
      expect(claim).toMatchObject({ current: { controlHolder: first } });
      expect(await get()).toEqual(claim.won ? claim.current : undefined);
      const left = { connectionId: connectionId('b'), now: t0 + 2_000, retryAt: t0 + 9_000 };
      await store().leave(rover, left);
      expect(await get()).not.toHaveProperty('controlHolder');
    });
  });
});
