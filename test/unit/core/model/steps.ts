import fc from 'fast-check';
import type { Actor, ModelWorld } from './world.ts';

/** One thing that happens. May throw `DependencyUnavailable`, as the edge would catch it. */
export type Step = {
  readonly name: string;
  run(world: ModelWorld): Promise<void>;
  readonly [fc.toStringMethod]?: () => string;
};

/** A kind of step: one with given data, and any. A failing program prints name and data. */
export type Steps<Data> = { of(data: Data): Step; readonly any: fc.Arbitrary<Step> };

export function steps<Data>(
  name: string,
  data: fc.Arbitrary<Data>,
  run: (world: ModelWorld, data: Data) => Promise<void>,
): Steps<Data> {
  const of = (given: Data): Step => ({
    name,
    run: (world) => run(world, given),
    [fc.toStringMethod]: () => `${name} ${fc.stringify(given)}`,
  });
  return { of, any: data.map(of) };
}

/** Which socket: counted back from the one that connected last, so that young ones are met often. */
export const anySocket = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(1) },
  { weight: 3, arbitrary: fc.nat({ max: 5 }) },
);

/** Mostly none: with much of it nobody is left whom anything could happen to. */
const time = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom(0, 1) },
  { weight: 4, arbitrary: fc.constantFrom(10_000, 30_000) },
  { weight: 2, arbitrary: fc.constantFrom(60_000, 200_000, 300_000) },
);

/** Who does a step: every write and every post can be traced to it. */
export function actor(name: string, connectionId?: Actor['connectionId']): Actor {
  return connectionId === undefined ? { name } : { name, connectionId };
}

/** What the gateway does with the next calls of a round; the ones after those go well. */
export type Fault = 'deliver' | 'gone' | 'throw';

export type Round = {
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  /** Time that passes afterwards. */
  readonly thenPass: number;
};

/** Rounds in which one thing after another happens, and all goes well. */
export function oneByOne(...all: readonly Step[]): Round[] {
  return all.map((step) => ({ steps: [step], faults: [], thenPass: 1 }));
}

export function rounds(step: fc.Arbitrary<Step>): fc.Arbitrary<Round[]> {
  // Without its bias fast-check makes long programs as often as short ones.
  const programs = fc.array(
    fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 4 }),
      faults: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        {
          weight: 1,
          arbitrary: fc.array(fc.constantFrom<Fault>('deliver', 'gone', 'throw'), { maxLength: 4 }),
        },
      ),
      thenPass: time,
    }),
    { minLength: 1, maxLength: 40, size: 'max' },
  );
  return fc.noBias(programs);
}
