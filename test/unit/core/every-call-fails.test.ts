import { afterAll, describe, expect, it } from 'vitest';
import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { retryMs } from '../../../functions/core/use-cases/end-connection.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import { cleanUp, socketNamed } from './support/cast.ts';
import { everybodyThere, type Scene, type UseCase, useCases } from './support/every-use-case.ts';
import { failedAtEachStep, killedAtEachStep } from './support/interruption.ts';

/** Which calls were made to fail, by port and method: what is covered is what the ports say, and no list of ours. */
const covered = new Map<string, Set<string>>();

afterAll(() => {
  const sites = [...covered.values()].reduce((sum, of) => sum + of.size, 0);
  const lines = [...covered].sort(([one], [other]) => one.localeCompare(other));
  process.stdout.write(
    `Calls that failed, timed out or were answered by nobody, by the use cases that make them (${sites}):\n${lines
      .map(([call, by]) => `  ${call}: ${by.size}`)
      .join('\n')}\n`,
  );
});

async function prepared({ before }: UseCase): Promise<Scene> {
  const scene = await everybodyThere();
  await before?.(scene);
  return scene;
}

/** Posts are named by what they say and to whom; here only what kind of call it is counts. */
const kindOf = (call: string) => call.replace(/^(post \w+|find|close) .*/, '$1').replace(/ to .*/, '');

function judged(
  { name }: UseCase,
  { step, outcome }: { step: string; outcome: PromiseSettledResult<unknown> },
) {
  const call = kindOf(step);
  covered.set(call, (covered.get(call) ?? new Set()).add(name));
  if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(DependencyUnavailable);
}

/** What is left to do is done by the runs of the cleanup of the next minutes. */
async function minutesPass({ world }: Scene) {
  for (let run = 0; run < 4; run += 1) {
    world.pass(retryMs);
    await cleanUp(world);
  }
}

/**
 * The list of a client may name a session that is no more: no `welcome` tells of one that has no row, and the entry
 * goes with the client, which `allGo` sees to.
 */
const isNoMereEntry = (wrong: string) => !/^\S+ lists \S+, which is no more$/.test(wrong);

/**
 * What is left as it is: found here, of little harm, and not mended yet. Each is looked away from by its use case and
 * its words, and must still happen: who mends it deletes it here.
 */
const known = [
  {
    of: 'hello of a client that returns',
    says: /session-1 is at A, client-1 at next/,
    why: 'a hello is killed before it has moved the sessions, and neither it nor another follows: A goes on with its session',
  },
];
const stillHappens = new Set<(typeof known)[number]>();

function unknown({ name }: UseCase, wrong: readonly string[]): readonly string[] {
  return wrong.filter((each) => {
    const found = known.find(({ of, says }) => of === name && says.test(each));
    if (found !== undefined) stillHappens.add(found);
    return found === undefined;
  });
}

function none(what: string, wrong: readonly string[]) {
  if (wrong.length > 0) throw new Error(`${what}: ${wrong.join('; ')}`);
}

/** Everybody goes, and nothing of them stays. */
async function allGo(scene: Scene) {
  const { world } = scene;
  for (const name of ['robot', 'A', 'V', 'W', 'next']) {
    world.gateway.drop(socketNamed(name));
    await disconnect(world.deps, socketNamed(name));
  }
  await minutesPass(scene);
  const { connections, clients, sessions, watchers, unsettled } = world.state;
  expect([...connections.keys()], 'connections').toEqual([]);
  expect([...clients.keys()], 'clients').toEqual([]);
  expect([...sessions.keys()], 'sessions').toEqual([]);
  expect(
    [...watchers.values()].flatMap((of) => [...of.keys()]),
    'watchers',
  ).toEqual([]);
  expect([...unsettled.keys()], 'unsettled').toEqual([]);
  expect(world.robot()).toMatchObject({ state: 'offline' });
}

const outages = [
  { how: 'fails', interrupted: failedAtEachStep },
  {
    how: 'is done, and its answer is lost',
    interrupted: ((of) => failedAtEachStep(of, 'after')) as typeof failedAtEachStep,
  },
  { how: 'is never made, nor any after it', interrupted: killedAtEachStep },
];

describe.each(outages)('a call that $how', ({ interrupted }) => {
  it.each(useCases)('$name: tried again, all is in order, and nothing is stuck', async (useCase) => {
    const wrong = await interrupted({
      scene: () => prepared(useCase),
      action: useCase.act,
      async judge(scene, how) {
        judged(useCase, how);
        await (useCase.again ?? useCase.act)(scene);
        await minutesPass(scene);
        none('is out of order', disorder(scene.world).filter(isNoMereEntry));
        none('was told wrong', misinformed(scene.world));
        await allGo(scene);
      },
    });
    expect(unknown(useCase, wrong)).toEqual([]);
  });

  it.each(useCases)('$name: never tried again, nothing is stuck', async (useCase) => {
    const wrong = await interrupted({
      scene: () => prepared(useCase),
      action: useCase.act,
      async judge(scene, how) {
        judged(useCase, how);
        await minutesPass(scene);
        none('is out of order', disorder(scene.world).filter(isNoMereEntry));
        await allGo(scene);
      },
    });
    expect(unknown(useCase, wrong)).toEqual([]);
  });
});

it.each(known)('left as it is, and still so: $of, $why', (each) => {
  expect(stillHappens).toContain(each);
});
