import fc from 'fast-check';
import { steps } from '../steps.ts';

/** Time that passes while others are at work: no more than a call may take. */
export const moments = steps('moment', fc.constantFrom(1, 1, 999, 1000, 2500), (world, ms) =>
  world.pause(ms, 'moment'),
);
