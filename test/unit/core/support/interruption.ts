import type { World } from './world.ts';

type Scene = { readonly world: World };

type Interruption<S extends Scene, Result> = {
  /** Made anew for each step, so that one does not disturb the next. */
  readonly scene: () => Promise<S>;
  readonly action: (scene: S) => Promise<Result>;
  /** Throws when what came of it is not as it must be. */
  readonly judge: (scene: S, how: { step: string; outcome: PromiseSettledResult<Result> }) => unknown;
};

/** The calls that an action makes when nothing disturbs it, in their order. */
async function stepsOf<S extends Scene>({
  scene,
  action,
}: Pick<Interruption<S, unknown>, 'scene' | 'action'>): Promise<readonly string[]> {
  const made = await scene();
  made.world.tap.forget();
  await settled(action(made));
  const steps = [...made.world.tap.calls];
  if (steps.length === 0) throw new Error('The action makes no call, so there is nothing to interrupt');
  return steps;
}

/**
 * Two actions that race, in every order in which the first is interrupted once: it is held back at each
 * of its calls in turn, the other runs to its end there, then it goes on; or fails in that call, if `thenFails`.
 *
 * @returns what was wrong, step by step; nothing is as it must be.
 */
export async function overtakenAtEachStep<S extends Scene, Result>(
  of: Interruption<S, Result> & {
    readonly by: (scene: S) => Promise<unknown>;
    readonly thenFails?: 'before' | 'after' | undefined;
  },
): Promise<readonly string[]> {
  return atEachStep(of, async (scene, index) => {
    if (of.thenFails !== undefined) scene.world.tap.failAfter(index, of.thenFails);
    const held = scene.world.tap.holdAfter(index);
    const acting = of.action(scene);
    await held.reachedBy(acting);
    await of.by(scene);
    held.release();
    return settled(acting);
  });
}

/** Holds an action back at a call, lets something else come to pass there, and the action go on. */
export async function meanwhile<Result>(
  { tap }: World,
  { at, action, act }: { at: string; action: () => Promise<Result>; act: () => unknown },
): Promise<Result | 'thrown'> {
  const held = tap.hold(at);
  const acting = action().catch(() => 'thrown' as const);
  await held.reachedBy(acting);
  await act();
  held.release();
  return acting;
}

/** An action that dies after each of its calls in turn. All is well again when it is judged. */
export async function killedAtEachStep<S extends Scene, Result>(
  of: Interruption<S, Result>,
): Promise<readonly string[]> {
  return atEachStep(of, async (scene, index) => {
    scene.world.tap.killAfter(index);
    const outcome = await settled(of.action(scene));
    scene.world.tap.heal();
    return outcome;
  });
}

/**
 * An action of which one call after the other fails, while all the others go through: an outage that
 * lasts for one call. `after`: what was asked for was done, and only the answer lost.
 */
export async function failedAtEachStep<S extends Scene, Result>(
  of: Interruption<S, Result>,
  when: 'before' | 'after' = 'before',
): Promise<readonly string[]> {
  return atEachStep(of, async (scene, index) => {
    scene.world.tap.failAfter(index, when);
    const outcome = await settled(of.action(scene));
    scene.world.tap.heal();
    return outcome;
  });
}

async function atEachStep<S extends Scene, Result>(
  of: Interruption<S, Result>,
  run: (scene: S, index: number) => Promise<PromiseSettledResult<Result>>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [index, step] of (await stepsOf(of)).entries()) {
    try {
      const scene = await of.scene();
      const outcome = await run(scene, index);
      await of.judge(scene, { step, outcome });
    } catch (failure) {
      wrong.push(`at ${step} (${index + 1}): ${failure instanceof Error ? failure.message : failure}`);
    }
  }
  return wrong;
}

async function settled<Result>(acting: Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const [outcome] = await Promise.allSettled([acting]);
  return outcome;
}
