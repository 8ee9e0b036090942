import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createChannel, type LostSignals } from '../../../client/src/delivery/channel.ts';
import type { RelayedSignal } from '../../../client/src/wire/messages.ts';
import { createFakeClock } from './support/fake-clock.ts';

const key = { sessionId: 's', robotId: 'rover-1' };
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('arrive' as const), seq: fc.integer({ min: 1, max: 20 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(100, 4_000, 6_000, 45_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('peer' as const), isAway: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('asked' as const) }) },
);

it('I8: whatever arrives, in whatever order and however late: each once and in order, and what is left out is told as lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = createFakeClock();
      const heard: number[] = [];
      const lost: LostSignals[] = [];
      const channel = createChannel({
        clock,
        key,
        maxBytes: () => 30_720,
        transmit: () => true,
        isClogged: () => false,
        onHole: () => undefined,
      });
      channel.listen({ onSignal: ({ seq }) => heard.push(seq), onLost: (gone) => lost.push(gone) });
      for (const now of steps) {
        if (now.do === 'arrive') channel.take(numbered(now.seq));
        if (now.do === 'wait') await clock.advance(now.ms);
        if (now.do === 'peer') channel.setPeerAway(now.isAway);
        if (now.do === 'asked') channel.resendAbove(0, false);
      }
      channel.setPeerAway(false);
      await clock.advance(1_000_000);

      const givenUp = lost
        .filter(({ isGivenUp }) => isGivenUp)
        .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
      const arrived = steps.flatMap((now) => (now.do === 'arrive' ? [now.seq] : []));
      expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
      const all = Array.from({ length: Math.max(0, ...arrived) }, (_, index) => index + 1);
      // Every number up to the last is heard or told as lost, and none is both.
      expect([...heard, ...givenUp].sort((a, b) => a - b)).toEqual(all);
      expect(channel.received()).toBe(all.length);
      expect(clock.timers()).toBe(0);
    }),
  );
});

const numbered = (seq: number): RelayedSignal => ({
  type: 'signal',
  ...key,
  from: 'robot',
  seq,
  kind: 'custom',
  data: seq,
  leaseEpoch: 0,
});
