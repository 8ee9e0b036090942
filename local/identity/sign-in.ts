import { refusals } from './cognito-error.ts';
import { assertConformingPassword } from './password-policy.ts';
import { type AuthenticationResult, issueTokens } from './token-issuer.ts';
import type { UserRecord } from './user-directory.ts';
import type { AppClient, UserPool } from './user-pool.ts';

export type AuthReply =
  | { AuthenticationResult: AuthenticationResult; ChallengeParameters: Record<string, string> }
  | {
      ChallengeName: 'NEW_PASSWORD_REQUIRED';
      Session: string;
      ChallengeParameters: Record<string, string>;
    };

export function signInWithPassword(
  pool: UserPool,
  attempt: { client: AppClient; userName: string; password: string },
): AuthReply {
  const { client, userName, password } = attempt;
  if (pool.lockout.isLocked(userName)) throw refusals.passwordAttemptsExceeded();

  const user = pool.users.byName(userName) ?? pool.users.byEmail(userName);
  if (user !== undefined && !user.enabled) throw refusals.userDisabled();
  if (user === undefined || !pool.users.passwordMatches(user, password)) {
    pool.lockout.wrong(userName);
    throw refusals.wrongPassword();
  }
  pool.lockout.right(userName);
  return user.status === 'CONFIRMED'
    ? completeSignIn(pool, client, user)
    : askNewPassword(pool, client, user);
}

export function answerNewPassword(
  pool: UserPool,
  answer: {
    client: AppClient;
    session: string;
    userName: string;
    newPassword: string;
    attributes: readonly (readonly [string, string])[];
  },
): AuthReply {
  const challenge = pool.challenges.find(answer.session);
  const user = challenge && pool.users.bySub(challenge.sub);
  if (challenge === undefined || user === undefined) throw refusals.invalidChallengeSession();
  const isTheirs = answer.userName === user.userName || answer.userName === user.sub;
  if (!isTheirs || challenge.clientId !== answer.client.id) throw refusals.invalidChallengeSession();
  if (pool.clock() >= challenge.endsAt) throw refusals.challengeSessionExpired();
  if (!user.enabled) throw refusals.userDisabled();
  // A refused password leaves the challenge open: the person corrects it and answers again.
  assertConformingPassword(answer.newPassword);

  pool.challenges.close(answer.session);
  pool.users.setPassword(user, answer.newPassword, 'CONFIRMED');
  for (const [name, value] of answer.attributes) user.attributes.set(name, value);
  return completeSignIn(pool, answer.client, user);
}

function completeSignIn(pool: UserPool, client: AppClient, user: UserRecord): AuthReply {
  const session = pool.sessions.open({
    sub: user.sub,
    clientId: client.id,
    now: pool.clock(),
    refreshLifeMs: client.refreshLifeMs,
  });
  const refreshToken = pool.sessions.issueRefreshToken(session);
  const result = issueTokens(pool, { user, session, refreshToken });
  pool.emit({ kind: 'signedIn', userName: user.userName, clientId: client.id, groups: [...user.groups] });
  return { AuthenticationResult: result, ChallengeParameters: {} };
}

function askNewPassword(pool: UserPool, client: AppClient, user: UserRecord): AuthReply {
  return {
    ChallengeName: 'NEW_PASSWORD_REQUIRED',
    Session: pool.challenges.open({ sub: user.sub, clientId: client.id }),
    ChallengeParameters: {
      USER_ID_FOR_SRP: user.userName,
      requiredAttributes: '[]',
      userAttributes: JSON.stringify(Object.fromEntries(user.attributes)),
    },
  };
}
