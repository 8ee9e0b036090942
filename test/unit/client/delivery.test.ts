import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChannel, type LostSignals } from '../../../client/src/delivery/channel.ts';
import type { OutgoingSignal } from '../../../client/src/delivery/outbox.ts';
import { MessageTooLarge, SessionEnded } from '../../../client/src/errors.ts';
import type { ErrorCode, RelayedSignal } from '../../../client/src/wire/messages.ts';
import { createFakeClock, type FakeClock } from './support/fake-clock.ts';

const key = { sessionId: 's', robotId: 'rover-1' };

function side(clock: FakeClock, maxBytes = 30_720) {
  const sent: OutgoingSignal[] = [];
  const heard: unknown[] = [];
  const lost: LostSignals[] = [];
  let holes = 0;
  let isOnline = true;
  let isClogged = false;
  const channel = createChannel({
    clock,
    key,
    maxBytes: () => maxBytes,
    transmit(signal) {
      if (isOnline) sent.push(signal);
      return isOnline;
    },
    isClogged: () => isClogged,
    onHole: () => {
      holes += 1;
    },
  });
  channel.listen({ onSignal: ({ data }) => heard.push(data), onLost: (gone) => lost.push(gone) });
  const setOnline = (is: boolean) => {
    isOnline = is;
  };
  const setClogged = (is: boolean) => {
    isClogged = is;
  };
  return { channel, sent, heard, lost, holes: () => holes, setOnline, setClogged };
}

const relayed = ({ seq, kind, data }: Pick<OutgoingSignal, 'seq' | 'kind' | 'data'>): RelayedSignal => ({
  type: 'signal',
  ...key,
  from: 'robot',
  seq,
  kind,
  data,
  leaseEpoch: 0,
});
const numbered = (seq: number) => relayed({ seq, kind: 'custom', data: seq });

describe('I8: receiving', () => {
  it('sorts, and drops what is known', () => {
    const { channel, heard } = side(createFakeClock());
    for (const seq of [2, 1, 1, 4, 2, 3, 3]) channel.take(numbered(seq));
    expect(heard).toEqual([1, 2, 3, 4]);
    expect(channel.received()).toBe(4);
  });

  it('counts without gaps only', () => {
    const { channel } = side(createFakeClock());
    for (const seq of [1, 2, 4, 5]) channel.take(numbered(seq));
    expect(channel.received()).toBe(2);
  });

  it('keeps what comes before anybody listens', () => {
    const clock = createFakeClock();
    const channel = createChannel({
      clock,
      key,
      maxBytes: () => 100,
      transmit: () => true,
      isClogged: () => false,
      onHole: () => undefined,
    });
    channel.take(numbered(1));
    const heard: number[] = [];
    channel.listen({ onSignal: ({ seq }) => heard.push(seq), onLost: () => undefined });
    channel.take(numbered(2));
    expect(heard).toEqual([1, 2]);
  });

  it('reports a hole after 5 s, asks for a resend, and goes on without it 40 s later', async () => {
    const clock = createFakeClock();
    const { channel, heard, lost, holes } = side(clock);
    for (const seq of [1, 4, 6]) channel.take(numbered(seq));
    await clock.advance(4_999);
    expect([lost, holes()]).toEqual([[], 0]);
    await clock.advance(1);
    expect(lost).toEqual([{ direction: 'received', from: 2, to: 3, isGivenUp: false }]);
    expect(holes()).toBe(1);
    expect(heard).toEqual([1]);
    await clock.advance(39_999);
    expect(heard).toEqual([1]);
    await clock.advance(1);
    expect(lost.at(-1)).toEqual({ direction: 'received', from: 2, to: 3, isGivenUp: true });
    expect(heard).toEqual([1, 4]);
    // The next hole has a time of its own, and what comes for the first is late.
    channel.take(numbered(2));
    channel.take(numbered(5));
    expect(heard).toEqual([1, 4, 5, 6]);
    await clock.advance(60_000);
    expect(lost).toHaveLength(2);
    expect(clock.timers()).toBe(0);
  });

  it('is patient for as long as a side that may fill the hole is known to be away, and a while from its return', async () => {
    const clock = createFakeClock();
    const { channel, heard, lost } = side(clock);
    channel.take(numbered(2));
    channel.setPeerAway(true);
    await clock.advance(119_000);
    expect(lost).toEqual([{ direction: 'received', from: 1, to: 1, isGivenUp: false }]);
    channel.setPeerAway(false);
    await clock.advance(39_000);
    // This side was away itself: what it said by `hello` makes the other send again.
    channel.resendAbove(0, false);
    await clock.advance(39_000);
    expect(heard).toEqual([]);
    await clock.advance(1_000);
    expect(heard).toEqual([2]);
    expect(lost.at(-1)).toMatchObject({ isGivenUp: true });
    expect(clock.timers()).toBe(0);
  });

  it('a half-open connection of the sender, found out after 30 s, makes no hole', async () => {
    const clock = createFakeClock();
    const { channel, heard, lost } = side(clock);
    channel.take(numbered(2));
    await clock.advance(33_000);
    channel.take(numbered(1));
    expect(heard).toEqual([1, 2]);
    expect(lost.some(({ isGivenUp }) => isGivenUp)).toBe(false);
    expect(clock.timers()).toBe(0);
  });

  it('a hole that is filled in time is nobody’s business', async () => {
    const clock = createFakeClock();
    const { channel, lost } = side(clock);
    channel.take(numbered(2));
    await clock.advance(4_000);
    channel.take(numbered(1));
    await clock.advance(60_000);
    expect(lost).toEqual([]);
  });

  it('a number from nowhere does not grow the memory', () => {
    const { channel, heard } = side(createFakeClock());
    channel.take(numbered(1_000_000));
    channel.take(numbered(1));
    expect(heard).toEqual([1]);
  });
});

describe('I8: sending', () => {
  it('numbers from 1, and sends again what is above what the other side has', () => {
    const { channel, sent } = side(createFakeClock());
    for (const data of ['a', 'b', 'c']) channel.send('custom', data);
    expect(sent.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    channel.resendAbove(1, true);
    expect(sent.slice(3).map(({ seq, data }) => [seq, data])).toEqual([
      [2, 'b'],
      [3, 'c'],
    ]);
  });

  it('keeps the last 64, and says what it can bring no more', async () => {
    const clock = createFakeClock();
    const { channel, sent, lost } = side(clock);
    for (let i = 1; i <= 100; i += 1) channel.send('custom', i);
    sent.length = 0;
    channel.resendAbove(30, true);
    await clock.advance(2_000);
    expect(sent.map(({ seq }) => seq)).toEqual(Array.from({ length: 64 }, (_, i) => i + 37));
    expect(lost).toEqual([{ direction: 'sent', from: 31, to: 36, isGivenUp: true }]);
    channel.resendAbove(36, true);
    // `welcome` brings what the other side had told long ago.
    channel.resendAbove(0, false);
    expect(lost).toHaveLength(1);
  });

  it('to keep 64 it is the oldest that may have arrived that goes, not one that surely has not', async () => {
    const clock = createFakeClock();
    const { channel, sent, lost, setOnline } = side(clock);
    setOnline(false);
    for (let i = 1; i <= 30; i += 1) channel.send('custom', i);
    setOnline(true);
    for (let i = 31; i <= 110; i += 1) channel.send('custom', i);
    sent.length = 0;
    channel.resendAbove(0, true);
    await clock.advance(3_000);
    expect(sent.map(({ seq }) => seq)).toEqual([
      ...Array.from({ length: 30 }, (_, index) => index + 1),
      ...Array.from({ length: 64 }, (_, index) => index + 47),
    ]);
    expect(lost).toEqual([{ direction: 'sent', from: 31, to: 46, isGivenUp: true }]);
  });

  it('a count that is told late, after a higher one, is not believed: nothing is lost that has arrived', async () => {
    const clock = createFakeClock();
    const { channel, sent, lost } = side(clock);
    for (let i = 1; i <= 10; i += 1) channel.send('custom', i);
    channel.resendAbove(7, false);
    await clock.advance(1_000);
    sent.length = 0;
    channel.resendAbove(4, true);
    expect(sent.map(({ seq }) => seq)).toEqual([8, 9, 10]);
    expect(lost).toEqual([]);
  });

  it('what is known not to have arrived does not count to the 64: nothing is lost because somebody was away for long', async () => {
    const clock = createFakeClock();
    const { channel, sent, lost, setOnline } = side(clock);
    for (let i = 1; i <= 10; i += 1) channel.send('custom', i);
    setOnline(false);
    for (let i = 11; i <= 300; i += 1) channel.send('custom', i);
    setOnline(true);
    sent.length = 0;
    channel.resendAbove(10, true);
    await clock.advance(10_000);
    expect(sent.map(({ seq }) => seq)).toEqual(Array.from({ length: 290 }, (_, i) => i + 11));
    sent.length = 0;
    for (let seq = 301; seq <= 500; seq += 1) {
      channel.send('custom', seq);
      channel.refused({ type: 'error', code: 'peer_away', message: '', retryable: true, seq });
    }
    channel.resendAbove(300, true);
    await clock.advance(10_000);
    expect(sent.length).toBe(400);
    expect(lost).toEqual([]);
    setOnline(false);
    for (let seq = 501; seq <= 3_000; seq += 1) channel.send('custom', seq);
    setOnline(true);
    sent.length = 0;
    channel.resendAbove(500, true);
    await clock.advance(30_000);
    expect(sent.length).toBe(1_024);
    expect(lost).toHaveLength(1);
  });

  it.each(['peer_away', 'unavailable', 'rate_limited', 'internal', 'token_expired'] as const)(
    'sends again after %s, less and less often',
    async (code) => {
      const clock = createFakeClock();
      const { channel, sent } = side(clock);
      channel.send('custom', 'a');
      const refuse = (seq = 1) =>
        channel.refused({
          type: 'error',
          code: code satisfies ErrorCode,
          message: '',
          retryable: code !== 'token_expired',
          seq,
          sessionId: 's',
        });
      refuse();
      await clock.advance(500);
      expect(sent).toHaveLength(2);
      for (let second = 0; second < 60; second += 1) {
        refuse();
        await clock.advance(1_000);
      }
      expect(sent.length).toBeLessThan(5);
      await clock.advance(5_000);
      const before = sent.length;
      refuse();
      channel.resendAbove(1, true);
      await clock.advance(60_000);
      expect(sent).toHaveLength(before);
    },
  );

  it.each([
    { code: 'peer_away' as const, most: 16 },
    { code: 'unavailable' as const, most: 8 },
    { code: 'rate_limited' as const, most: 8 },
  ])('$code for a minute: sent $most times at most', async ({ code, most }) => {
    const clock = createFakeClock();
    const { channel, sent } = side(clock);
    channel.send('custom', 'a');
    let refused = 0;
    for (let quarter = 0; quarter < 240; quarter += 1) {
      if (sent.length > refused) {
        channel.refused({ type: 'error', code, message: '', retryable: true, seq: 1, sessionId: 's' });
      }
      refused = sent.length;
      await clock.advance(250);
    }
    expect(sent.length).toBeLessThanOrEqual(most);
    expect(sent.length).toBeGreaterThan(most - 3);
  });

  it('many that were refused are no flood: some are tried again, the others wait for peerBack', async () => {
    const clock = createFakeClock();
    const { channel, sent } = side(clock);
    for (let seq = 1; seq <= 60; seq += 1) channel.send('custom', seq);
    for (let second = 0; second < 60; second += 1) {
      for (const { seq } of sent.splice(0)) {
        channel.refused({ type: 'error', code: 'peer_away', message: '', retryable: true, seq });
      }
      await clock.advance(1_000);
      expect(sent.length).toBeLessThanOrEqual(16);
    }
    sent.length = 0;
    channel.resendAbove(0, true);
    await clock.advance(2_000);
    expect(sent).toHaveLength(60);
  });

  it('a count above all that was sent is ignored: what is sent later is not taken for arrived', async () => {
    const clock = createFakeClock();
    const { channel, sent, lost } = side(clock);
    channel.send('custom', 'a');
    channel.resendAbove(1_000_000, true);
    expect(lost).toEqual([]);
    channel.send('custom', 'b');
    channel.send('custom', 'c');
    sent.length = 0;
    channel.resendAbove(1, true);
    await clock.advance(1_000);
    expect(sent.map(({ seq, data }) => [seq, data])).toEqual([
      [2, 'b'],
      [3, 'c'],
    ]);
    expect(lost).toEqual([]);
  });

  it('what cannot be mended is not repeated', async () => {
    const clock = createFakeClock();
    const { channel, sent } = side(clock);
    channel.send('custom', 'a');
    channel.refused({ type: 'error', code: 'bad_request', message: '', retryable: false, seq: 1 });
    await clock.advance(60_000);
    expect(sent).toHaveLength(1);
  });

  it('refuses what is too large before it is numbered, by bytes and not by letters', () => {
    const { channel, sent } = side(createFakeClock(), 200);
    expect(() => channel.send('custom', '€'.repeat(60))).toThrow(MessageTooLarge);
    expect(channel.send('custom', 'a')).toBe(1);
    expect(sent).toHaveLength(1);
  });

  it('takes nothing after its end, and leaves no timer', () => {
    const clock = createFakeClock();
    const { channel } = side(clock);
    channel.send('custom', 'a');
    channel.refused({ type: 'error', code: 'peer_away', message: '', retryable: true, seq: 1 });
    channel.take(numbered(2));
    channel.stop();
    expect(clock.timers()).toBe(0);
    expect(() => channel.send('custom', 'b')).toThrow(SessionEnded);
  });
});

it('I8: whatever is lost, doubled and mixed up, with resumes in between each signal arrives once and in order', async () => {
  const fate = fc.record({ lost: fc.boolean(), twice: fc.boolean(), late: fc.nat(5), resume: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 60 }), async (fates) => {
      const clock = createFakeClock();
      const sender = side(clock);
      const receiver = side(clock);
      const underWay: { signal: OutgoingSignal; due: number }[] = [];
      const move = (step: number): void => {
        for (const item of underWay.filter(({ due }) => due <= step)) {
          underWay.splice(underWay.indexOf(item), 1);
          receiver.channel.take(relayed(item.signal));
        }
      };
      for (const [step, { lost, twice, late, resume }] of fates.entries()) {
        sender.channel.send('custom', step);
        for (const signal of sender.sent.splice(0)) {
          if (!lost) underWay.push({ signal, due: step + late });
          if (twice) underWay.push({ signal, due: step });
        }
        if (resume) {
          sender.channel.resendAbove(receiver.channel.received(), true);
          for (const signal of sender.sent.splice(0)) if (!lost) underWay.push({ signal, due: step + late });
        }
        move(step);
        await clock.advance(100);
      }
      sender.channel.resendAbove(receiver.channel.received(), true);
      await clock.advance(3_000);
      for (const signal of sender.sent.splice(0)) receiver.channel.take(relayed(signal));
      move(Number.POSITIVE_INFINITY);
      expect(receiver.heard).toEqual(fates.map((_, step) => step));
    }),
  );
});
