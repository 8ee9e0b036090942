import type { Clock, Random } from '../environment/clock.ts';
import type { Logger } from '../environment/logger.ts';
import { nameOf } from '../environment/name-of.ts';
import { startStopwatch, startTimer, type Timer } from '../environment/timer.ts';
import { ServerRefused } from '../errors.ts';
import { backoffMs } from '../reconnect/backoff.ts';
import type { ClosedReason } from '../reconnect/next-step.ts';
import type { TokenKeeper } from '../tokens/token-keeper.ts';
import { isFinal, type TokenUnavailable } from '../tokens/token-source.ts';
import type { Message } from '../wire/messages.ts';

/** All by the server's clock: only differences are used, so that a clock here may be minutes off. */
export type TokenTimes = Pick<Message<'tokenRefreshed'>, 'sentAt' | 'refreshAt' | 'tokenExpiresAt'>;

export type TokenUpkeep = {
  /** Refreshes now; does nothing while a refresh is under way. */
  refresh(): void;
  /** Looks at the time again: the machine may have slept. */
  recheck(): void;
  /** The connection is gone: what comes for it is dropped. */
  stop(): void;
};

const jitter = 0.05;
const leastBetweenMs = 1_000;
/** Where each new token is old already, the source is asked less and less often, down to this. */
const longestBetweenMs = 300_000;
const mostRefusals = 2;

/** Keeps the token of one connection fresh on that open connection. */
export function startTokenUpkeep(of: {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly keeper: TokenKeeper;
  readonly times: TokenTimes;
  /** The token with which the connection was made. */
  readonly token: string;
  readonly ask: (token: string) => Promise<TokenTimes>;
  /** `wasExpired`: only within the grace, and nothing was said to the connection since. `isAlive`: the new one is not old as well. */
  readonly onRefreshed: (how: { readonly wasExpired: boolean; readonly isAlive: boolean }) => void;
  /** The source can give none until somebody acts. The connection lives on while its token does. */
  readonly onUnavailable: (failure: TokenUnavailable) => void;
  readonly onReconnect: () => void;
  readonly onStop: (reason: ClosedReason) => void;
}): TokenUpkeep {
  const { clock, random, keeper } = of;
  let used = of.token;
  let failures = 0;
  let refusals = 0;
  let bornLate = 0;
  let isStopped = false;
  let isRefreshing = false;
  let leftMs = () => 0;
  let next: Timer | undefined;

  function plan(times: TokenTimes): void {
    const elapsed = startStopwatch(clock);
    leftMs = () => times.tokenExpiresAt - times.sentAt - elapsed();
    const dueMs = times.refreshAt - times.sentAt;
    bornLate = dueMs > leastBetweenMs ? 0 : bornLate + 1;
    const leastMs = Math.min(longestBetweenMs, leastBetweenMs * 2 ** Math.min(bornLate, 10));
    wait(Math.max(leastMs, dueMs * (1 - jitter + 2 * jitter * random())));
  }

  function wait(ms: number): void {
    next?.cancel();
    next = startTimer(clock, ms, refresh);
  }

  function refresh(): void {
    if (isRefreshing || isStopped) return;
    isRefreshing = true;
    next?.cancel();
    void attempt().finally(() => {
      isRefreshing = false;
    });
  }

  async function attempt(): Promise<void> {
    let token: string | undefined;
    try {
      token = await keeper.newerThan(used);
      // It came for an older connection; the next one has asked for its own.
      if (isStopped) return;
      const times = await of.ask(token);
      if (isStopped) return;
      used = token;
      failures = 0;
      refusals = 0;
      const wasExpired = leftMs() <= 0;
      plan(times);
      of.onRefreshed({ wasExpired, isAlive: leftMs() > 0 });
    } catch (failure) {
      if (!isStopped) onFailure(failure, token);
    }
  }

  function onFailure(failure: unknown, token: string | undefined) {
    failures += 1;
    of.logger.warn(
      `The token was not refreshed: ${failure instanceof ServerRefused ? failure.code : nameOf(failure)}.`,
    );
    if (isFinal(failure)) return of.onUnavailable(failure);
    if (failure instanceof ServerRefused) {
      if (token !== undefined) keeper.refused(token);
      return onRefused(failure.code);
    }
    wait(backoffMs(failures, random));
  }

  function onRefused(code: ServerRefused['code']) {
    refusals += 1;
    switch (code) {
      case 'token_not_newer':
        return wait(Math.max(10_000, leftMs() / 2));
      case 'identity_mismatch':
        return of.onStop('identity_changed');
      case 'forbidden':
        return of.onStop('forbidden');
      case 'token_invalid':
        return refusals < mostRefusals ? wait(backoffMs(failures, random)) : of.onStop('token_refused');
      case 'token_expired':
        return refusals < mostRefusals ? wait(backoffMs(failures, random)) : of.onReconnect();
      case 'unauthenticated':
      case 'hello_required':
        return of.onReconnect();
      default:
        return wait(backoffMs(failures, random));
    }
  }

  plan(of.times);
  return {
    refresh,
    recheck: () => next?.recheck(),
    stop() {
      isStopped = true;
      next?.cancel();
    },
  };
}
