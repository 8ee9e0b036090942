import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fairTurns } from '../../local/gateway/turns.ts';
import { connectTo, lambda, pingRoute, startGateway } from './support/gateway-harness.ts';

const longestMs = 25;

/** Who began, in order, and how each of them ends its turn. */
function taken(atOnce: number) {
  const turns = fairTurns({ atOnce, longestMs });
  const begun: string[] = [];
  /** What was asked for and what began, in order. */
  const log: { readonly name: string; readonly isBegin: boolean }[] = [];
  const ends: (() => void)[] = [];
  return {
    begun,
    log,
    ends,
    async ask(...names: string[]) {
      for (const name of names) {
        log.push({ name, isBegin: false });
        void turns.take(name.charAt(0)).then((end) => {
          log.push({ name, isBegin: true });
          begun.push(name);
          ends.push(end);
        });
      }
      await settle();
    },
    async end(index: number) {
      ends[index]?.();
      await settle();
    },
  };
}

/** Of each turn, how often at most one other connection began while this one was the next of its own. */
function passedBy(log: readonly { readonly name: string; readonly isBegin: boolean }[]): number[] {
  const begins = log.flatMap(({ name, isBegin }, at) => (isBegin ? [{ name, at }] : []));
  return begins.map(({ name, at }) => {
    const own = name.charAt(0);
    const asked = log.findIndex((each) => each.name === name);
    const before = begins.findLast((each) => each.at < at && each.name.startsWith(own))?.at ?? -1;
    const others = begins.filter((each) => each.at > Math.max(asked, before) && each.at < at);
    const times = Map.groupBy(others, (each) => each.name.charAt(0));
    return Math.max(0, ...[...times.values()].map((each) => each.length));
  });
}

const settle = async () => {
  for (let each = 0; each < 5; each += 1) await Promise.resolve();
};

describe('turns', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are begun at once while there is room', async () => {
    const { begun, ask } = taken(3);
    await ask('a1', 'a2', 'b1');
    expect(begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('go round among those who wait, however much one of them has sent, and in its order', async () => {
    const { begun, ask, end } = taken(1);
    await ask('a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2');
    for (let index = 0; index < 7; index += 1) await end(index);
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('that come while others wait are behind them, though one has just ended', async () => {
    const { begun, ask, end } = taken(1);
    await ask('a1', 'b1');
    await end(0);
    await ask('c1');
    expect(begun).toEqual(['a1', 'b1']);
    await end(1);
    expect(begun).toEqual(['a1', 'b1', 'c1']);
  });

  it('make room once, however often they are ended', async () => {
    const { begun, ask, end } = taken(1);
    await ask('a1', 'b1', 'c1');
    await end(0);
    await end(0);
    expect(begun).toEqual(['a1', 'b1']);
  });

  it('that wait for something else make room, and end without another one', async () => {
    const { begun, ask, end } = taken(1);
    await ask('a1', 'b1', 'c1');
    vi.advanceTimersByTime(longestMs);
    await settle();
    expect(begun).toEqual(['a1', 'b1']);
    await end(0);
    expect(begun).toEqual(['a1', 'b1']);
  });

  it('are all taken, never more than at once, each in its order and none twice passed by another', async () => {
    const acts = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), fc.constant('end')), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), acts, async (atOnce, given) => {
        const { begun, log, ends, ask, end } = taken(atOnce);
        const asked: string[] = [];
        let ended = 0;
        for (const act of given) {
          if (act === 'end') {
            if (ended < ends.length) await end(ended++);
          } else {
            asked.push(`${act}${asked.length}`);
            await ask(asked.at(-1) ?? '');
          }
          expect(begun.length - ended).toBe(Math.min(atOnce, asked.length - ended));
        }
        while (ended < ends.length) await end(ended++);
        expect([...begun].sort()).toEqual([...asked].sort());
        for (const name of 'abcd') {
          const own = (all: readonly string[]) => all.filter((each) => each.startsWith(name));
          expect(own(begun)).toEqual(own(asked));
        }
        expect(Math.max(0, ...passedBy(log))).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('one connection that floods', () => {
  it('keeps the next word of another waiting for what runs, and not for what it has sent', async () => {
    const heard: string[] = [];
    const all = Promise.withResolvers<void>();
    const say = lambda(async (event) => {
      heard.push(JSON.parse(String(Reflect.get(Object(event), 'body'))).of);
      // A function that computes: nothing else happens meanwhile.
      const until = performance.now() + 4;
      while (performance.now() < until);
      await new Promise(setImmediate);
      if (heard.length === 61) all.resolve();
      return { statusCode: 200 };
    });
    const gateway = await startGateway({ say, ping: pingRoute });
    const flooder = await connectTo(gateway);
    const other = await connectTo(gateway);
    for (let each = 0; each < 60; each += 1) flooder.send({ action: 'say', of: 'flood' });
    // All of the flood has arrived when its last word is answered, by the gateway itself.
    flooder.send({ action: 'ping' });
    await flooder.nextJson();
    const before = heard.length;
    other.send({ action: 'say', of: 'other' });
    await all.promise;
    expect(heard.filter((of) => of === 'flood')).toHaveLength(60);
    expect(before).toBeLessThan(50);
    expect(heard.indexOf('other')).toBeLessThan(before + 10);
  });
});
