import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fairTurns } from '../../local/gateway/turns.ts';
import { connectTo, lambda, pingRoute, startGateway } from './support/gateway-harness.ts';

const longestMs = 25;

type Entry = { readonly what: 'ask' | 'begin' | 'end'; readonly name: string };

/** Who began, in order, and how each of them ends its turn. */
function taken(atOnce: number, few = 4) {
  const turns = fairTurns({ atOnce, few, longestMs });
  const begun: string[] = [];
  const log: Entry[] = [];
  const ends: (() => void)[] = [];
  return {
    begun,
    log,
    ends,
    async ask(...names: string[]) {
      for (const name of names) {
        log.push({ what: 'ask', name });
        void turns.take(name.charAt(0)).then((end) => {
          log.push({ what: 'begin', name });
          begun.push(name);
          ends.push(end);
        });
      }
      await settle();
    },
    async end(index: number) {
      log.push({ what: 'end', name: begun[index] ?? '' });
      ends[index]?.();
      await settle();
    },
  };
}

/** How many turns of a connection wait, and how many it has, after all that is told. */
function stateOf(log: readonly Entry[], connection: string) {
  const count = (what: Entry['what']) =>
    log.filter((entry) => entry.what === what && entry.name.startsWith(connection)).length;
  return { waiting: count('ask') - count('begin'), has: count('begin') - count('end') };
}

/** Of each turn, how often at most one other connection began while this one was the next of its own and might. */
function passedBy(log: readonly Entry[], few: number): number[] {
  const begins = log.flatMap(({ what, name }, at) => (what === 'begin' ? [{ name, at }] : []));
  return begins.map(({ name, at }) => {
    const own = name.charAt(0);
    const asked = log.findIndex((entry) => entry.name === name);
    const before = begins.findLast((each) => each.at < at && each.name.startsWith(own))?.at ?? -1;
    const others = begins.filter((each) => each.at > Math.max(asked, before) && each.at < at);
    const passed = others.filter((each) => {
      const { waiting, has } = stateOf(log.slice(0, each.at), own);
      return waiting <= few || has === 0;
    });
    const times = Map.groupBy(passed, (each) => each.name.charAt(0));
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

  it('are one at a time for whom more than a few wait, and there is room for others', async () => {
    const { begun, ask, end } = taken(3, 2);
    await ask('a1', 'a2', 'a3', 'a4', 'a5', 'a6');
    await end(0);
    await end(1);
    expect(begun).toEqual(['a1', 'a2', 'a3']);
    await ask('b1', 'c1');
    expect(begun.slice(3)).toEqual(['b1', 'c1']);
    await end(2);
    expect(begun.slice(5)).toEqual(['a4']);
  });

  it('are several again as soon as only a few wait', async () => {
    const { begun, ask, end } = taken(3, 2);
    await ask('a1', 'a2', 'a3', 'a4', 'a5', 'a6');
    for (const index of [0, 1, 2]) await end(index);
    expect(begun.slice(3)).toEqual(['a4', 'a5', 'a6']);
  });

  it('are all taken, never more than at once, each in its order and none twice passed by another', async () => {
    const connections = ['a', 'b', 'c', 'd'];
    const acts = fc.array(fc.oneof(fc.constantFrom(...connections), fc.constant('end')), { maxLength: 60 });
    const bounds = fc.record({ atOnce: fc.integer({ min: 1, max: 3 }), few: fc.integer({ min: 0, max: 4 }) });
    await fc.assert(
      fc.asyncProperty(bounds, acts, async ({ atOnce, few }, given) => {
        const { begun, log, ends, ask, end } = taken(atOnce, few);
        const asked: string[] = [];
        let ended = 0;
        for (const act of given) {
          if (act === 'end') {
            if (ended < ends.length) await end(ended++);
          } else {
            asked.push(`${act}${asked.length}`);
            await ask(asked.at(-1) ?? '');
          }
          const running = begun.length - ended;
          expect(running).toBeLessThanOrEqual(atOnce);
          const states = connections.map((each) => stateOf(log, each));
          const mayBegin = states.filter(({ waiting, has }) => waiting > 0 && (waiting <= few || has === 0));
          if (running < atOnce) expect(mayBegin).toEqual([]);
        }
        while (ended < ends.length) await end(ended++);
        expect([...begun].sort()).toEqual([...asked].sort());
        for (const name of connections) {
          const own = (all: readonly string[]) => all.filter((each) => each.startsWith(name));
          expect(own(begun)).toEqual(own(asked));
        }
        expect(Math.max(0, ...passedBy(log, few))).toBeLessThanOrEqual(1);
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
