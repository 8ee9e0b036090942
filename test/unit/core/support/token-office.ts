import type { Clock } from '../../../../functions/core/ports/clock.ts';
import type { TokenVerifier } from '../../../../functions/core/ports/token-verifier.ts';
import type { User } from './people.ts';

/** A sign-in: what all tokens have in common that are refreshed from it. */
export type SignedIn = { readonly originJti: string | undefined; readonly signedInAt: number };

type Life = {
  readonly issuedAt?: number;
  readonly expiresAt?: number;
  readonly lifeMs?: number;
  /** By default the first sign-in of the user, made when first asked for. */
  readonly signedIn?: SignedIn;
};

/** Issues tokens that are mere names, and verifies them by the given clock. */
export function tokenOffice(clock: Clock, defaultLifeMs: number) {
  const issued = new Map<string, { user: User; issuedAt: number; expiresAt: number; signedIn: SignedIn }>();
  const firstSignIns = new Map<string, SignedIn>();
  let signIns = 0;
  let keysAvailable = true;

  const verifier: TokenVerifier = {
    async verify(token) {
      if (!keysAvailable) return { ok: false, reason: 'unavailable' };
      const known = issued.get(token);
      if (known === undefined) return { ok: false, reason: 'invalid' };
      const { user, issuedAt, expiresAt, signedIn } = known;
      if (expiresAt <= clock.now()) return { ok: false, reason: 'expired' };
      const { principalId, userName, groups } = user;
      const { signedInAt, originJti } = signedIn;
      const life = { issuedAt, expiresAt, signedInAt, ...(originJti !== undefined && { originJti }) };
      return { ok: true, token: { principalId, userName, groups, life } };
    },
  };

  function signIn({ named = true }: { named?: boolean } = {}): SignedIn {
    signIns += 1;
    const signedInAt = Math.floor(clock.now() / 1000) * 1000;
    return { originJti: named ? `sign-in-${signIns}` : undefined, signedInAt };
  }

  function firstSignInOf({ userName }: User): SignedIn {
    const first = firstSignIns.get(userName) ?? signIn();
    firstSignIns.set(userName, first);
    return first;
  }

  return {
    verifier,

    issue(user: User, { issuedAt = clock.now(), lifeMs = defaultLifeMs, ...life }: Life = {}): string {
      const token = `token-${issued.size + 1}-of-${user.userName}`;
      const { expiresAt = issuedAt + lifeMs, signedIn = firstSignInOf(user) } = life;
      issued.set(token, { user, issuedAt, expiresAt, signedIn });
      return token;
    },

    /** The user gives their password again; tokens are issued from it by `signedIn`. */
    signIn,

    /** The JWKS cannot be had. */
    loseKeys() {
      keysAvailable = false;
    },
  };
}
