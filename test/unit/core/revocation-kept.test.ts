import { describe, expect, it } from 'vitest';
import type { RevocationStore } from '../../../functions/core/ports/revocation-store.ts';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { welcomed } from './support/cast.ts';
import { operator1 } from './support/people.ts';
import { a, operations } from './support/revoking.ts';
import { newWorld, type World } from './support/world.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const signsOut = (named: boolean) => async (world: World) => {
  await welcomed(world, operator1, { name: 'A', signedIn: world.tokens.signIn({ named }) });
  world.pass(5_000);
  await bye(world.deps, { caller: a, signOut: true });
};
const records: readonly { name: string; run: (world: World) => Promise<unknown> }[] = [
  ...operations,
  { name: 'bye {signOut: true}', run: signsOut(true) },
  { name: 'bye {signOut: true} of a sign-in without a name', run: signsOut(false) },
];

/** Until when each record that is written is kept. */
function watchingRecords(world: World): readonly number[] {
  const kept: number[] = [];
  const { revocations } = world.deps;
  const noting = <Args extends readonly [unknown, { keepUntil: number }]>(
    record: (...args: Args) => Promise<void>,
  ) =>
    ((...args: Args) => {
      kept.push(args[1].keepUntil);
      return record(...args);
    }) as typeof record;
  const watched: RevocationStore = {
    of: (who) => revocations.of(who),
    revokeSignInsUntil: noting(revocations.revokeSignInsUntil),
    revokeTokensUntil: noting(revocations.revokeTokensUntil),
    revokeSignIn: noting(revocations.revokeSignIn),
  };
  Object.assign(world.deps, { revocations: watched });
  return kept;
}

describe.each([
  { people: 30 * dayMs, robots: 365 * dayMs, longest: 365 * dayMs },
  { people: 90 * dayMs, robots: 10 * dayMs, longest: 90 * dayMs },
])('F13: with refresh tokens of $people and $robots ms', ({ people, robots, longest }) => {
  it.each(records)(
    'what $name records is kept as long as one of before may bring a token, and that token lasts',
    async ({ run }) => {
      const world = newWorld({ policy: { refreshTokenMs: { people, robots } } });
      const kept = watchingRecords(world);
      await run(world);
      // In which millisecond the refresh token was had is not known: the latest is now.
      expect(kept).toEqual([recordedAt(world) + longest + world.policy.tokenMs]);
    },
  );
});

/** Before the pause after which it is listed again. */
function recordedAt(world: World) {
  return world.clock.at - 2_000;
}
