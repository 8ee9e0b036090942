/** Wrong passwords in a row, per user name. Unknown names count too, so that they cannot be told apart. */
export type PasswordLockout = {
  /** To be asked before the password is looked at: while it is true even the right one is refused. */
  isLocked(userName: string): boolean;
  wrong(userName: string): void;
  right(userName: string): void;
};

type Attempts = { wrong: number; lockedUntil: number; lastAt: number };

const freeAttempts = 5;
const longestMs = 15 * 60_000;

/**
 * The fifth wrong password locks for 1 s, each further one for twice as long, up to 15 minutes; attempts while
 * locked change nothing; a success, or 15 minutes without any attempt, forgives all.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html#authentication-flow-lockout-behavior
 */
export function createPasswordLockout(clock: () => number): PasswordLockout {
  const attempts = new Map<string, Attempts>();

  return {
    isLocked(userName) {
      const now = clock();
      const known = attempts.get(userName);
      if (known === undefined) return false;
      if (now - known.lastAt >= longestMs) {
        attempts.delete(userName);
        return false;
      }
      known.lastAt = now;
      return now < known.lockedUntil;
    },
    wrong(userName) {
      const now = clock();
      const wrong = (attempts.get(userName)?.wrong ?? 0) + 1;
      const lockMs = wrong < freeAttempts ? 0 : Math.min(1000 * 2 ** (wrong - freeAttempts), longestMs);
      attempts.set(userName, { wrong, lockedUntil: now + lockMs, lastAt: now });
    },
    right: (userName) => {
      attempts.delete(userName);
    },
  };
}
