import { revokeSignIn, revokeSignIns, revokeTokens } from '../../../../functions/core/use-cases/revoke.ts';
import { opened, socketNamed, welcomed } from './cast.ts';
import { operator1, operator2, rover1 } from './people.ts';
import { newWorld, type World } from './world.ts';

export const { principalId } = operator1;
export const a = socketNamed('A');
export const b = socketNamed('B');

/** What the holder of a revoked sign-in is told. */
export const goAwayRevoked = { type: 'goAway', code: 'revoked', reconnect: false };

/** The three ways to revoke what the first sign-in of operator-1 has open. */
export const operations = [
  {
    name: 'revokeSignIns',
    record: 'revocations.revokeSignInsUntil',
    how: 'revoked',
    reason: 'revoked',
    goAway: goAwayRevoked,
    run: (world: World) => revokeSignIns(world.deps, { principalId, at: world.clock.at }),
  },
  {
    name: 'revokeTokens',
    record: 'revocations.revokeTokensUntil',
    how: 'regrouped',
    reason: 'forbidden',
    goAway: { ...goAwayRevoked, reconnect: true },
    run: (world: World) => revokeTokens(world.deps, { principalId, at: world.clock.at }),
  },
  {
    name: 'revokeSignIn',
    record: 'revocations.revokeSignIn',
    how: 'revoked',
    reason: 'revoked',
    goAway: goAwayRevoked,
    run: (world: World) => revokeSignIn(world.deps, { principalId, originJti: 'sign-in-1' }),
  },
] as const;

/** Two tabs of operator-1, `A` of them in control of a robot, and another person who views it. */
export async function twoTabs() {
  const world = newWorld();
  await welcomed(world, operator1, { name: 'A' });
  await welcomed(world, operator1, { name: 'B' });
  const robot = await welcomed(world, rover1, { name: 'robot' });
  const other = await welcomed(world, operator2, { name: 'other' });
  const { sessionId } = await opened(world, a);
  const kept = await opened(world, other, { mode: 'view' });
  world.pass(5_000);
  return { world, robot, other, sessionId, keptId: kept.sessionId };
}
