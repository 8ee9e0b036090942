import fc from 'fast-check';
import type { ConnectionId } from '../../../../protocol/ids.ts';
import type { Passing } from './passing.ts';
import type { ModelWorld } from './world.ts';

/** Who does a step: every write and every post can be traced to it. */
export type Actor = {
  readonly name: string;
  readonly connectionId?: ConnectionId;
  /** Unix ms by the world's clock. */
  readonly startedAt: number;
  /** Rises with everything that begins or is put on record. */
  readonly order: number;
};

/** One thing that happens. May throw `DependencyUnavailable`, as the edge would catch it. */
export type Step = {
  readonly name: string;
  run(world: ModelWorld): Promise<void>;
  readonly [fc.toStringMethod]?: () => string;
};

/** A kind of step: one with given data, and any. A failing program prints name and data. */
export type Steps<Data> = {
  of(data: Data): Step;
  readonly data: fc.Arbitrary<Data>;
  readonly any: fc.Arbitrary<Step>;
};

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
  return { of, data, any: data.map(of) };
}

/** Which socket, counted back from the youngest, so that young ones are met often. */
export const anySocket = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(1) },
  { weight: 3, arbitrary: fc.nat({ max: 5 }) },
);

/** What the gateway does with the next calls of a round; the ones after those go well. `lost`: done, but nobody is told. */
export type Fault = 'deliver' | 'gone' | 'throw' | 'lost';

export type Round = {
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  /** Which read of the revocations fails, counted for each step of that name by itself. */
  readonly blind?: { readonly name: string; readonly read: number } | undefined;
  /** One call of that name lets others go first, so many times. */
  readonly slow?: { readonly call: string; readonly nth: number; readonly turns: number } | undefined;
  /** What passes afterwards. */
  readonly thenPass: Passing;
};

/** Rounds in which one thing after another happens, and all goes well. */
export function oneByOne(...all: readonly Step[]): Round[] {
  return all.map((step) => ({ steps: [step], faults: [], thenPass: 1 }));
}

/** What goes wrong or is late in the rounds of a program. */
export type Trouble = {
  /** Of 10 rounds, in how many the revocations cannot be read at some point. */
  readonly blindOften: number;
  /** Calls of which one may be slow. */
  readonly slow: readonly string[];
};

const faults = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom<Fault>('deliver', 'gone', 'throw', 'lost'), { maxLength: 4 }),
  },
);

const blind = fc.record({
  name: fc.constantFrom('connect', 'hello', 'refresh', 'refresh', 'revoke', 'bye'),
  read: fc.nat({ max: 1 }),
});

/** A round of the given steps, in which things may go wrong. */
export function roundOf<P extends Passing>(
  steps: fc.Arbitrary<readonly Step[]>,
  of: { readonly trouble: Trouble; readonly thenPass: fc.Arbitrary<P> },
): fc.Arbitrary<Omit<Round, 'thenPass'> & { readonly thenPass: P }> {
  const slow = fc.record({
    call: fc.constantFrom(...of.trouble.slow),
    nth: fc.constantFrom(0, 0, 1, 2),
    turns: fc.constantFrom(5, 15, 30),
  });
  return fc.record({
    steps,
    faults,
    blind: sometimes(of.trouble.blindOften, blind),
    slow: sometimes(6, slow),
    thenPass: of.thenPass,
  });
}

/** So many times out of 10. */
function sometimes<T>(often: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 10 - often, arbitrary: fc.constant(undefined) }, { weight: often, arbitrary });
}

/** Any steps at once. */
export function together(step: fc.Arbitrary<Step>): fc.Arbitrary<readonly Step[]> {
  return fc.array(step, { minLength: 1, maxLength: 4 });
}

/** Programs of scenes, each of which is a round or some that belong together. */
export function sceneAfterScene(scene: fc.Arbitrary<readonly Round[]>): fc.Arbitrary<readonly Round[]> {
  // Without its bias fast-check makes long programs as often as short ones.
  const scenes = fc.noBias(fc.array(scene, { minLength: 1, maxLength: 40, size: 'max' }));
  return scenes.map((each) => each.flat());
}
