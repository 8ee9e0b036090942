import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import type { Chance } from './chance.ts';
import type { EventClock } from './event-clock.ts';

/** How bad it is now, in calls of a thousand. All 0 is a good day. */
export type Trouble = {
  /** The store refuses, as when it is throttled. */
  readonly throttled: number;
  /** A call takes up to two seconds. */
  readonly slow: number;
  /** A call takes 1.5 s and fails, having done what was asked or not. */
  readonly timedOut: number;
  /** What was asked is done, and the answer is lost. */
  readonly answerLost: number;
  /** `@connections` answers 429 or 5xx. */
  readonly postRefused: number;
  /** `@connections` answers 410, and has lost the socket. */
  readonly postGone: number;
};

export const noTrouble: Trouble = {
  throttled: 0,
  slow: 0,
  timedOut: 0,
  answerLost: 0,
  postRefused: 0,
  postGone: 0,
};

export type Troubles = {
  now: Trouble;
  readonly counts: Record<string, number>;
  count(what: string): void;
  /** The port, each call of which takes its time and may come to grief. */
  on<Port extends object>(name: string, port: Port): Port;
};

export function troublesOf(clock: EventClock, chance: Chance): Troubles {
  const troubles: Troubles = {
    now: noTrouble,
    counts: {},
    count(what) {
      troubles.counts[what] = (troubles.counts[what] ?? 0) + 1;
    },
    on(name, port) {
      return new Proxy(port, {
        get(target, key) {
          const method: unknown = Reflect.get(target, key);
          if (typeof method !== 'function') return method;
          return (...args: unknown[]) => call(name, async () => Reflect.apply(method, target, args));
        },
      });
    },
  };

  async function call(name: string, act: () => Promise<unknown>): Promise<unknown> {
    const { throttled, slow, timedOut, answerLost } = troubles.now;
    const fail = (code: string): never => {
      troubles.count(`store: ${code}`);
      throw new DependencyUnavailable(name, code, undefined);
    };
    await clock.sleep(chance.between(1, 4));
    if (chance.perMille(throttled)) fail('ThrottlingException');
    if (chance.perMille(slow)) {
      troubles.count('store: slow');
      await clock.sleep(chance.between(200, 2_000));
    }
    if (chance.perMille(timedOut)) {
      if (chance.perMille(500)) await act();
      await clock.sleep(1_500);
      fail('TimeoutError');
    }
    const answer = await act();
    if (chance.perMille(answerLost)) fail('answer lost');
    await clock.sleep(chance.between(1, 4));
    return answer;
  }

  return troubles;
}
