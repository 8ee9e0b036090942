import { type TokenSource, TokenUnavailable } from '../../../client/src/tokens/token-source.ts';
import type { TokenVerifier } from '../../../functions/core/ports/token-verifier.ts';
import { principalId } from '../../../protocol/ids.ts';
import type { EventClock } from './event-clock.ts';

export type SoakUser = { readonly userName: string; readonly groups: readonly string[] };

export const principalOf = ({ userName }: SoakUser) => principalId.parse(`sub-${userName}`);

/** Signs people and robots in; has outages. Its tokens look like JWTs, and only it can tell them from others. */
export function soakIdentity(clock: EventClock, of: { readonly tokenMs: number }) {
  const issued = new Map<string, { user: SoakUser; issuedAt: number; expiresAt: number }>();
  const signedOut = new Set<string>();
  const startedAt = Math.floor(clock.now() / 1000) * 1000;
  let isOut = false;
  let count = 0;

  function issue(user: SoakUser): string {
    count += 1;
    const issuedAt = Math.floor(clock.now() / 1000) * 1000;
    const expiresAt = issuedAt + of.tokenMs;
    const claims = { sub: principalOf(user), iat: issuedAt / 1000, exp: expiresAt / 1000 };
    const token = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${count}`;
    issued.set(token, { user, issuedAt, expiresAt });
    return token;
  }

  const verifier: TokenVerifier = {
    async verify(token) {
      const known = issued.get(token);
      if (known === undefined) return { ok: false, reason: 'invalid' };
      const { user, issuedAt, expiresAt } = known;
      if (expiresAt <= clock.now()) return { ok: false, reason: 'expired' };
      const life = { issuedAt, expiresAt, signedInAt: startedAt, originJti: `sign-in of ${user.userName}` };
      return {
        ok: true,
        token: { principalId: principalOf(user), userName: user.userName, groups: user.groups, life },
      };
    },
  };

  return {
    verifier,
    holderOf: (token: string) => issued.get(token),
    issuedCount: () => count,

    sourceOf(user: SoakUser): TokenSource {
      let kept: string | undefined;
      const renew = async () => {
        await clock.sleep(80);
        if (signedOut.has(user.userName)) {
          throw new TokenUnavailable('The sign-in has ended.', {
            retryable: false,
            code: 'NotAuthorizedException',
          });
        }
        if (isOut)
          throw new TokenUnavailable('Nobody answers.', { retryable: true, code: 'ServiceUnavailable' });
        kept = issue(user);
        return { token: kept };
      };
      return { token: async () => (kept === undefined ? renew() : { token: kept }), renew };
    },

    setOut(out: boolean) {
      isOut = out;
    },
    signOut({ userName }: SoakUser) {
      signedOut.add(userName);
    },
    /** Forgets what has run out, so that memory says something of the rest. */
    forgetExpired() {
      for (const [token, { expiresAt }] of issued)
        if (expiresAt < clock.now() - 600_000) issued.delete(token);
    },
  };
}

export type SoakIdentity = ReturnType<typeof soakIdentity>;
