import fc from 'fast-check';
import {
  revokeSignIn,
  revokeSignIns,
  revokeTokens,
  signOutEverywhere,
} from '../../../../../functions/core/use-cases/revoke.ts';
import { anySocket, steps } from '../steps.ts';

/**
 * Whoever is at a socket is signed out everywhere, through us or in Cognito itself, loses a group, or has
 * one sign-in revoked. What was done in Cognito itself is told with a delay.
 */
export const revokes = steps(
  'revoke',
  fc.record({
    what: fc.constantFrom('everywhere', 'sign-ins', 'tokens', 'sign-in', 'sign-in', 'sign-in'),
    back: anySocket,
    signIn: fc.constantFrom('first', 'latest'),
    lateMs: fc.constantFrom(0, 0, 0, 1000, 5000),
  }),
  async (world, { what, back, signIn, lateMs }) => {
    const user = world.socketAt(back)?.user;
    if (user === undefined) return;
    const { principalId, userName } = user;
    const { cognito, ledger } = world;
    const { by, deps } = world.acts('revoke');
    const at = cognito.second() - lateMs;
    switch (what) {
      case 'everywhere': {
        const authority = {
          async signOutEverywhere() {
            await world.pause(0, 'cognito');
            const until = cognito.second();
            ledger.asked(by, { what: 'sign-ins', principalId, until });
            return { principalId, at: until };
          },
        };
        await signOutEverywhere({ ...deps, authority }, userName);
        break;
      }
      case 'sign-ins':
        ledger.asked(by, { what, principalId, until: at });
        await revokeSignIns(deps, { principalId, at });
        break;
      case 'tokens':
        ledger.asked(by, { what, principalId, until: at });
        await revokeTokens(deps, { principalId, at });
        break;
      case 'sign-in': {
        const { originJti } = cognito.signInOf(user, signIn);
        if (originJti === undefined) return;
        ledger.asked(by, { what, principalId, originJti });
        await revokeSignIn(deps, { principalId, originJti });
        break;
      }
    }
    ledger.acknowledged((each) => each === by);
  },
);
