import fc from 'fast-check';
import { closesAt } from '../../../../functions/core/model/connection-deadline.ts';
import { gateway } from '../../../../protocol/token-policy.ts';
import type { ModelWorld } from './world.ts';

/** Time that passes: so many ms, or until a moment in the life of a connection. */
export type Passing =
  | number
  | {
      readonly until: 'deadline' | 'close';
      /** Which connection, counted back from the one that connected last. */
      readonly of: number;
      readonly plusMs: number;
    }
  /** Until the first window of those who are away ends. */
  | { readonly until: 'window'; readonly plusMs: number };

export function msOf(passing: Passing, world: ModelWorld): number {
  if (typeof passing === 'number') return passing;
  const { clock, policy, state, socketAt } = world;
  if (passing.until === 'window') return Math.max(0, windowEnd(world) + passing.plusMs - clock.at);
  const socket = socketAt(passing.of);
  const row = socket && state.connections.get(socket.connectionId);
  if (row === undefined) return 0;
  const at = passing.until === 'deadline' ? row.nextDeadlineAt : closesAt(policy, row);
  return Math.max(0, at + passing.plusMs - clock.at);
}

function windowEnd({ clock, state }: ModelWorld): number {
  const away = [...state.sessions.values(), ...state.robots.values()];
  const ends = away.map(({ resumeEndsAt }) => resumeEndsAt).filter((at) => at !== undefined);
  return Math.min(...ends.filter((at) => at > clock.at), clock.at + 120_000);
}

export const untilWindow = fc.record({
  until: fc.constant('window' as const),
  plusMs: fc.constantFrom(-1000, -1, 0, 0, 1, 1000),
});

/** Just before something, too: then what is begun in time is at work when the moment comes. */
export const untilSomething = fc.record({
  until: fc.constantFrom('deadline', 'deadline', 'close'),
  of: fc.nat({ max: 3 }),
  plusMs: fc.constantFrom(-1000, -1, 0, 1, 1000),
});

/** Mostly none: with much of it nobody is left whom anything could happen to. */
export const littleTime = fc.oneof<fc.WeightedArbitrary<Passing>[]>(
  { weight: 18, arbitrary: fc.constantFrom(0, 1) },
  { weight: 4, arbitrary: fc.constantFrom(1000, 10_000, 30_000) },
  { weight: 5, arbitrary: untilSomething },
  { weight: 2, arbitrary: fc.constantFrom(60_000, 200_000, 300_000) },
);

export const muchTime = fc.oneof<fc.WeightedArbitrary<Passing>[]>(
  { weight: 40, arbitrary: fc.constantFrom(0, 1) },
  { weight: 20, arbitrary: fc.constantFrom(1000, 10_000, 20_000) },
  { weight: 50, arbitrary: untilSomething },
  { weight: 3, arbitrary: fc.constantFrom(60_000, 120_000) },
  // Beyond all that the gateway lets live, and beyond all doubt.
  { weight: 1, arbitrary: fc.constant(gateway.connectionMs + 600_000) },
);
