import { sign as signBytes } from 'node:crypto';
import { accessClaims, forge, type SigningKey } from '../../../unit/adapters/support/token-issuer.ts';
import type { User } from '../../../unit/core/support/people.ts';
import { operator1, rover1, user } from '../../../unit/core/support/people.ts';
import { t0 } from '../../../unit/core/support/world.ts';
import { users } from './people.ts';

const now = t0 / 1000;

/** Claims of a user's access token: as Cognito's, of this hour. Seconds. */
export function claimsOf(who: User, { ageS = 60, lifeS = 4 * 3_600 } = {}): Record<string, unknown> {
  const issued = now - ageS;
  return {
    ...accessClaims({ issued, expires: issued + lifeS }),
    sub: who.principalId,
    username: who.userName,
    'cognito:groups': who.groups,
    origin_jti: `sign-in-of-${who.userName}`,
  };
}

/** Genuine, whatever the header and the claims say. */
export function signed(header: unknown, claims: unknown, by: SigningKey): string {
  const unsigned = forge(header, claims, '').slice(0, -1);
  return `${unsigned}.${signBytes('sha256', Buffer.from(unsigned), by.privateKey).toString('base64url')}`;
}

export type Tokens = ReturnType<typeof tokensBy>;

/** Every token that an input can name: fresh, run out, and of a user with other groups than before. */
export function tokensBy(key: SigningKey) {
  const header = { alg: 'RS256', kid: key.keyId };
  const issue = (who: User, life: Parameters<typeof claimsOf>[1] = {}) =>
    signed(header, claimsOf(who, life), key);
  const ofUser = (who: User) => ({
    entry: issue(who),
    own: [
      issue(who, { ageS: 0 }),
      issue(who, { ageS: 30, lifeS: 5 * 3_600 }),
      issue(who, { lifeS: 3_600 }),
      issue(who, { ageS: 7_200, lifeS: 3_600 }),
      issue({ ...who, groups: who.groups.filter((group) => !group.startsWith('fleet:')) }, { ageS: 0 }),
      issue({ ...who, groups: [] }, { ageS: 0 }),
    ],
  });
  const byUser = new Map(users.map((who) => [who.userName, ofUser(who)]));
  const of = ({ userName }: User) => {
    const found = byUser.get(userName);
    if (found === undefined) throw new Error(`${userName} has no tokens`);
    return found;
  };
  return {
    of,
    /** Of everybody; and of two who are called as somebody is, and are not. */
    all: [
      ...users.map((who) => of(who).own[0] ?? ''),
      issue({ ...user('stranger', ...rover1.groups), userName: rover1.userName }),
      issue({ ...operator1, groups: rover1.groups }),
    ],
  };
}
