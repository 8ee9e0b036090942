import fc from 'fast-check';
import { refreshToken } from '../../../../../functions/core/use-cases/refresh-token.ts';
import type { ModelToken, WhichSignIn } from '../cognito.ts';
import { mustHold } from '../look.ts';
import { anySocket, steps } from '../steps.ts';
import { addressOf, type ModelSocket, type ModelWorld, policy, users } from '../world.ts';

/**
 * What a refresh comes with: a new token, one of a short life, one that its holder has kept for a while,
 * one without the right to drive, one that ends sooner than the one in use, or somebody else's.
 */
const kinds = ['good', 'good', 'good', 'short', 'kept', 'demoted', 'older', 'foreign'] as const;

type Offer = { readonly kind: (typeof kinds)[number]; readonly signIn: WhichSignIn };

export const refreshes = steps(
  'refresh',
  fc.record({
    back: anySocket,
    kind: fc.constantFrom(...kinds),
    signIn: fc.constantFrom<WhichSignIn>('latest', 'latest', 'first', 'new'),
  }),
  async (world, { back, ...offer }) => {
    const socket = world.socketAt(back);
    if (socket === undefined) return;
    const issued = issue(world, socket, offer);
    const { kind } = offer;
    const { expiresAt } = issued.life;
    const isGood = kind !== 'older' && kind !== 'foreign';
    const isOver = socket.offeredUntil === 0 && socket.tokenExpiresAt + policy.graceMs <= world.clock.at;
    if (isGood) socket.offeredUntil = Math.max(socket.offeredUntil, expiresAt);
    const name = isGood && kind !== 'demoted' ? 'refresh' : `refresh (${kind})`;
    const { deps, answered } = world.acts(name, socket.connectionId);
    const isUnanswered = () => {
      if (isGood) socket.leftUntil = Math.max(socket.leftUntil, expiresAt);
    };
    const outcome = await refreshToken(deps, { caller: addressOf(socket), token: issued.token }).catch(
      (failure: unknown) => {
        isUnanswered();
        throw failure;
      },
    );
    if (!outcome.ok && outcome.refusal.code === 'unavailable') isUnanswered();
    mustHold(isGood || !outcome.ok, `a refresh with a token that is ${kind} was granted`);
    mustHold(!isOver || !outcome.ok, 'a refresh was granted after the grace');
    if (outcome.ok) socket.tokenExpiresAt = Math.max(socket.tokenExpiresAt, expiresAt);
    // That a token which has run out by itself is refused is the verifier's affair.
    const isAlive = expiresAt > world.clock.at && kind !== 'foreign';
    if (isAlive) answered(outcome.ok ? undefined : outcome.refusal.code, issued);
  },
);

function issue({ cognito }: ModelWorld, { user, tokenExpiresAt }: ModelSocket, offer: Offer): ModelToken {
  const signedIn = cognito.signInOf(user, offer.signIn);
  switch (offer.kind) {
    case 'good':
      return cognito.issue(user, { signedIn });
    case 'short':
      return cognito.issue(user, { signedIn, lifeMs: 40_000 });
    case 'kept':
      return cognito.issue(user, { signedIn, ageMs: 10_000 });
    case 'demoted': {
      const isPerson = user.groups.includes('operators');
      return cognito.issue(isPerson ? { ...user, groups: ['viewers', 'fleet:demo'] } : user, { signedIn });
    }
    case 'older':
      return cognito.issue(user, { signedIn, lifeMs: tokenExpiresAt - 1000 - cognito.second() });
    case 'foreign': {
      const stranger = users.find(({ principalId }) => principalId !== user.principalId) ?? user;
      return cognito.issue(stranger, { signedIn: cognito.signInOf(stranger, offer.signIn) });
    }
  }
}
