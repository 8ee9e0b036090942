import { expect, it } from 'vitest';
import { isSameHolder, standingHolder, standingLease } from '../../../functions/core/model/robot-session.ts';
import { clientId, sessionId } from '../../../protocol/ids.ts';
import { welcomed } from '../core/support/cast.ts';
import { rover1 } from '../core/support/people.ts';
import { newWorld } from '../core/support/world.ts';

const holder = { clientId: clientId.parse('client-1'), sinceAt: 5 };
const controllerSessionId = sessionId.parse('session-1');

async function robotHeld() {
  const world = newWorld();
  await welcomed(world, rover1);
  const robot = world.robot();
  if (robot === undefined) throw new Error('no robot');
  return { ...robot, controllerSessionId, controlHolder: holder, leaseEpoch: 3 };
}

it('I7: who holds control is told once that is certain, and not while it is pending', async () => {
  const robot = await robotHeld();
  expect(standingHolder(robot)).toEqual(holder);
  expect(standingLease(robot)).toEqual({ controller: controllerSessionId, leaseEpoch: 3 });
  const pending = { ...robot, controlUnconfirmed: true } as const;
  expect(standingHolder(pending)).toBeUndefined();
  expect(standingLease(pending)).toEqual({ controller: null, leaseEpoch: 2 });
});

it('a holder is the same by its client and since when', async () => {
  const robot = await robotHeld();
  const by = (controlHolder: typeof holder) => ({ ...robot, controlHolder });
  expect(isSameHolder(robot, by({ ...holder }))).toBe(true);
  expect(isSameHolder(robot, by({ ...holder, sinceAt: 6 }))).toBe(false);
  expect(isSameHolder(robot, by({ ...holder, clientId: clientId.parse('client-2') }))).toBe(false);
  expect(isSameHolder(robot, { ...robot, controlUnconfirmed: true })).toBe(false);
});
