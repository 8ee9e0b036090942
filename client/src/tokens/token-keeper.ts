import type { Clock } from '../environment/clock.ts';
import { within } from '../environment/time-limit.ts';
import { startStopwatch } from '../environment/timer.ts';
import { readJwtClaims } from './jwt-claims.ts';
import { type AccessToken, type TokenSource, TokenUnavailable } from './token-source.ts';

/** A connection is not begun with less life than this, or than a fifth of the whole life where that is less (F7). */
const leastLifeMs = 60_000;
const leastLifeFraction = 0.2;
/** A source whose new tokens look old is not asked for another sooner than this because of their looks. */
const leastBetweenRenewalsMs = 60_000;
/** A token source that hangs must not hang the client. */
const sourceWithinMs = 30_000;

export type TokenKeeper = {
  /** A token that is worth connecting with: renewed first when it was refused or nears its end. */
  forConnect(): Promise<string>;
  /** A newer token than `than`: the one in hand when it is one, else a renewed one. */
  newerThan(than: string): Promise<string>;
  /** The token was refused: it is not given again. */
  refused(token: string): void;
  /** Asks the source for a new one at the next `forConnect`, whatever is in hand. */
  distrust(): void;
};

/** Holds the one token in use. Never asks its source twice at once: who asks meanwhile shares the answer. */
export function createTokenKeeper(source: TokenSource, clock: Clock): TokenKeeper {
  let held: AccessToken | undefined;
  let isDistrusted = false;
  let sinceRenewed: (() => number) | undefined;
  let asking: Promise<AccessToken> | undefined;

  function ask(how: 'token' | 'renew'): Promise<AccessToken> {
    asking ??= askSource(how).finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function askSource(how: 'token' | 'renew'): Promise<AccessToken> {
    const { renew } = source;
    if (how === 'renew' && renew === undefined) {
      throw new TokenUnavailable('The token is no longer good, and cannot be renewed.', {
        retryable: false,
        code: 'cannot_renew',
      });
    }
    const work = (how === 'renew' ? renew : source.token) ?? source.token;
    const given = await within(
      clock,
      { ms: sourceWithinMs, what: 'The token source' },
      Promise.resolve().then(work),
    );
    if (typeof given?.token !== 'string' || given.token === '') {
      throw new TokenUnavailable('The token source gave no token.', { retryable: true, code: 'no_token' });
    }
    held = how === 'renew' ? datedFromNow(given, clock) : given;
    if (how === 'renew') sinceRenewed = startStopwatch(clock);
    isDistrusted = false;
    return held;
  }

  function isGoodEnough(token: AccessToken): boolean {
    if (isDistrusted) return false;
    return isJustRenewed(token) || !isNearItsEnd(token, clock);
  }

  /** Whatever it looks like: a short life is over before that pause is. */
  function isJustRenewed(token: AccessToken): boolean {
    const lifeMs = lifeOf(token);
    const freshMs = lifeMs === undefined ? leastBetweenRenewalsMs : lifeMs - leastLifeOf(lifeMs);
    return sinceRenewed !== undefined && sinceRenewed() < Math.min(leastBetweenRenewalsMs, freshMs);
  }

  return {
    async forConnect() {
      // A refresh that is under way must not hold up a return to a session that the old token is good for.
      if (held && isGoodEnough(held)) return held.token;
      if (asking) return (await asking).token;
      const token = held ?? (await ask('token'));
      return isGoodEnough(token) ? token.token : (await ask('renew')).token;
    },
    async newerThan(than) {
      if (held && held.token !== than && !isDistrusted && !isNearItsEnd(held, clock)) {
        return held.token;
      }
      return (await ask('renew')).token;
    },
    refused(token) {
      if (held?.token === token) isDistrusted = true;
    },
    distrust() {
      if (held) isDistrusted = true;
    },
  };
}

/** A new token's life begins now: this machine's clock may be minutes off the one that dated it. */
function datedFromNow(given: AccessToken, clock: Clock): AccessToken {
  const lifeMs = lifeOf(given);
  if (given.expiresAt !== undefined || lifeMs === undefined) return given;
  return { ...given, lifeMs, expiresAt: clock.now() + lifeMs };
}

function lifeOf(given: AccessToken): number | undefined {
  const { expiresAt, issuedAt } = readJwtClaims(given.token);
  const stated = expiresAt !== undefined && issuedAt !== undefined ? expiresAt - issuedAt : undefined;
  return given.lifeMs ?? stated;
}

function leastLifeOf(lifeMs: number): number {
  return Math.min(leastLifeMs, lifeMs * leastLifeFraction);
}

function isNearItsEnd(given: AccessToken, clock: Clock): boolean {
  const expiresAt = given.expiresAt ?? readJwtClaims(given.token).expiresAt;
  if (expiresAt === undefined) return false;
  return expiresAt - clock.now() < leastLifeOf(lifeOf(given) ?? Number.POSITIVE_INFINITY);
}
