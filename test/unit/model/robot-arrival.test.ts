import { expect, it } from 'vitest';
import { arrivalFrom } from '../../../functions/core/model/robot-arrival.ts';
import { welcomed } from '../core/support/cast.ts';
import { rover1 } from '../core/support/people.ts';
import { newWorld } from '../core/support/world.ts';

it('a robot that was never there comes from offline, and has replaced nobody', () => {
  expect(arrivalFrom(undefined, true)).toStrictEqual({
    resume: true,
    from: 'offline',
    fleets: [],
    isTold: false,
  });
});

it('a robot that is there comes with its state, its fleets and the connection that it leaves, and no more of it', async () => {
  const world = newWorld();
  const socket = await welcomed(world, rover1);
  expect(arrivalFrom(world.robot(), false)).toStrictEqual({
    resume: false,
    from: 'online',
    fleets: ['demo'],
    isTold: false,
    replaced: socket,
  });
});
