import { randomBytes } from 'node:crypto';

/** The `Session` strings of unanswered NEW_PASSWORD_REQUIRED challenges. */
export type ChallengeStore = {
  open(challenge: { sub: string; clientId: string }): string;
  find(session: string): OpenChallenge | undefined;
  close(session: string): void;
};

export type OpenChallenge = { sub: string; clientId: string; endsAt: number };

/** Cognito's default AuthSessionValidity. */
export const challengeLifeMinutes = 3;

export function createChallengeStore(clock: () => number): ChallengeStore {
  const challenges = new Map<string, OpenChallenge>();
  return {
    open(challenge) {
      // A letter first: `aws … --session` takes what begins with a dash for an option.
      const session = `cs_${randomBytes(48).toString('base64url')}`;
      challenges.set(session, { ...challenge, endsAt: clock() + challengeLifeMinutes * 60_000 });
      return session;
    },
    find: (session) => challenges.get(session),
    close: (session) => {
      challenges.delete(session);
    },
  };
}
