import type { TokenLife } from '../../../../functions/core/model/identity.ts';
import type { User } from '../support/people.ts';
import { type SignedIn, tokenOffice } from '../support/token-office.ts';

type Wanted = { readonly signedIn: SignedIn; readonly ageMs?: number; readonly lifeMs?: number };

/** `unnamed`: as from a pool whose tokens do not say which sign-in they stem from. */
export type WhichSignIn = 'first' | 'latest' | 'new' | 'unnamed';

/** Who signs people in. Its clock is not ours, and its tokens know whole seconds only. */
export function modelCognito(clock: { now(): number }, of: { tokenMs: number; skewMs: number }) {
  const office = tokenOffice(clock, of.tokenMs);
  const signIns = new Map<User['principalId'], SignedIn[]>();
  const second = () => Math.floor((clock.now() + of.skewMs) / 1000) * 1000;

  function signIn({ principalId }: User, named: boolean): SignedIn {
    const signedIn = { ...office.signIn({ named }), signedInAt: second() };
    signIns.set(principalId, [...(signIns.get(principalId) ?? []), signedIn]);
    return signedIn;
  }

  return {
    verifier: office.verifier,

    /** The second that it is by Cognito's clock, Unix ms. */
    second,

    /** One of the sign-ins of a user, who has one at least. */
    signInOf(user: User, which: WhichSignIn): SignedIn {
      const known = signIns.get(user.principalId) ?? [];
      switch (which) {
        case 'first':
          return known[0] ?? signIn(user, true);
        case 'latest':
          return known.at(-1) ?? signIn(user, true);
        case 'new':
          return signIn(user, true);
        case 'unnamed':
          return signIn(user, false);
      }
    },

    /** A token that was got now, or has been kept for a while. */
    issue(user: User, { signedIn, ageMs = 0, lifeMs = of.tokenMs }: Wanted) {
      const issuedAt = Math.max(second() - ageMs, signedIn.signedInAt);
      const expiresAt = issuedAt + lifeMs;
      const { originJti, signedInAt } = signedIn;
      const life: TokenLife = {
        issuedAt,
        expiresAt,
        signedInAt,
        ...(originJti !== undefined && { originJti }),
      };
      return { token: office.issue(user, { issuedAt, expiresAt, signedIn }), user, life };
    },
  };
}

export type ModelToken = ReturnType<ReturnType<typeof modelCognito>['issue']>;
