import type { Clock } from '../../../../functions/core/ports/clock.ts';
import type { TokenVerifier } from '../../../../functions/core/ports/token-verifier.ts';
import type { User } from './people.ts';

type Life = { readonly issuedAt?: number; readonly expiresAt?: number; readonly lifeMs?: number };

/** Issues tokens that are mere names, and verifies them by the given clock. */
export function tokenOffice(clock: Clock, defaultLifeMs: number) {
  const issued = new Map<string, { user: User; issuedAt: number; expiresAt: number }>();
  let keysAvailable = true;

  const verifier: TokenVerifier = {
    async verify(token) {
      if (!keysAvailable) return { ok: false, reason: 'unavailable' };
      const known = issued.get(token);
      if (known === undefined) return { ok: false, reason: 'invalid' };
      const { user, issuedAt, expiresAt } = known;
      if (expiresAt <= clock.now()) return { ok: false, reason: 'expired' };
      const { principalId, userName, groups } = user;
      return { ok: true, token: { principalId, userName, groups, life: { issuedAt, expiresAt } } };
    },
  };

  return {
    verifier,

    issue(user: User, { issuedAt = clock.now(), lifeMs = defaultLifeMs, expiresAt }: Life = {}): string {
      const token = `token-${issued.size + 1}-of-${user.userName}`;
      issued.set(token, { user, issuedAt, expiresAt: expiresAt ?? issuedAt + lifeMs });
      return token;
    },

    /** The JWKS cannot be had. */
    loseKeys() {
      keysAvailable = false;
    },
  };
}
