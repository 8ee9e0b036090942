import fc from 'fast-check';
import { refreshToken } from '../../../../../functions/core/use-cases/refresh-token.ts';
import { mustHold } from '../look.ts';
import { actor, anySocket, steps } from '../steps.ts';
import { addressOf, policy, users } from '../world.ts';

/** A refresh with a good token, with one that ends sooner than the one in use, or with somebody else's. */
export const refreshes = steps(
  'refresh',
  fc.record({ back: anySocket, token: fc.constantFrom('good', 'short', 'older', 'foreign') }),
  async (world, { back, token: kind }) => {
    const socket = world.socketAt(back);
    if (socket === undefined) return;
    const stranger = users.find(({ principalId }) => principalId !== socket.user.principalId);
    const user = kind === 'foreign' && stranger !== undefined ? stranger : socket.user;
    const isGood = kind === 'good' || kind === 'short';
    const expiresAt =
      kind === 'older'
        ? socket.tokenExpiresAt - 1
        : world.clock.at + (kind === 'short' ? 40_000 : policy.tokenMs);
    const token = world.tokens.issue(user, { expiresAt });
    const graceEndsAt = socket.tokenExpiresAt + policy.graceMs;
    if (isGood) socket.offeredUntil = Math.max(socket.offeredUntil, expiresAt);
    const deps = world.depsFor(actor(isGood ? 'refresh' : `refresh (${kind})`, socket.connectionId));
    const outcome = await refreshToken(deps, { caller: addressOf(socket), token });
    mustHold(isGood || !outcome.ok, `a refresh with a token that is ${kind} was granted`);
    mustHold(graceEndsAt > world.clock.at || !outcome.ok, 'a refresh was granted after the grace');
    if (outcome.ok) socket.tokenExpiresAt = Math.max(socket.tokenExpiresAt, expiresAt);
  },
);
