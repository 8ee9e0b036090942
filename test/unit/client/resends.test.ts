import { describe, expect, it } from 'vitest';
import type { ErrorCode, Welcome } from '../../../client/src/wire/messages.ts';
import { ready } from './support/started-client.ts';

const key = { sessionId: 's', robotId: 'rover-1' };
const entry: Welcome['sessions'][number] = {
  ...key,
  clientId: 'c',
  mode: 'control',
  leaseEpoch: 1,
  state: 'open',
  received: 0,
};

/** A client that has sent `count` signals in its session. */
async function sender(count: number) {
  const made = await ready({ welcome: { sessions: [entry] } });
  const channel = made.client.channel(key);
  for (let i = 1; i <= count; i += 1) channel.send('custom', i);
  const heard = () =>
    made.server.sockets.flatMap((socket) => socket.heard.filter(({ action }) => action === 'signal'));
  const seqs = () => heard().map((message) => ('seq' in message ? message.seq : 0));
  const peerBack = (received: number) =>
    made.server.socket().say({ type: 'peerBack', sessionId: 's', received });
  const refuse = (seq: number, code: ErrorCode) =>
    made.server.socket().say({ type: 'error', code, message: '', retryable: true, sessionId: 's', seq });
  return { ...made, channel, seqs, peerBack, refuse };
}

describe('I8: what is sent again is no flood', () => {
  it('only what the other side says that it has not, 16 at a time, in order', async () => {
    const { clock, seqs, peerBack } = await sender(60);
    peerBack(20);
    expect(seqs().slice(60)).toEqual(Array.from({ length: 16 }, (_, index) => index + 21));
    await clock.advance(399);
    expect(seqs()).toHaveLength(76);
    await clock.advance(1);
    expect(seqs()).toHaveLength(92);
    await clock.advance(60_000);
    expect(seqs().slice(60)).toEqual(Array.from({ length: 40 }, (_, index) => index + 21));
  });

  it('a side that comes back again and again is sent no more than 40 a second', async () => {
    const { clock, seqs, peerBack } = await sender(64);
    for (let time = 0; time < 50; time += 1) {
      peerBack(0);
      await clock.advance(100);
    }
    // 5 s: a batch each 400 ms, where it would be 50 times 64.
    expect(seqs().length - 64).toBeLessThanOrEqual(13 * 16);
    expect(seqs().length - 64).toBeGreaterThanOrEqual(12 * 16);
  });

  it('what is new waits behind what is missing, and is not lost by waiting', async () => {
    const { clock, seqs, peerBack, channel } = await sender(40);
    peerBack(0);
    channel.send('custom', 41);
    expect(seqs().at(-1)).toBe(16);
    await clock.advance(2_000);
    expect(seqs().slice(40)).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    channel.send('custom', 42);
    expect(seqs().at(-1)).toBe(42);
  });

  it('who sends 60 a second does not stay behind for ever', async () => {
    const { clock, seqs, peerBack, channel } = await sender(64);
    peerBack(0);
    for (let seq = 65; seq <= 365; seq += 3) {
      for (let more = 0; more < 3; more += 1) channel.send('custom', seq + more);
      await clock.advance(50);
    }
    expect(seqs().slice(64)).toEqual(Array.from({ length: seqs().at(-1) ?? 0 }, (_, index) => index + 1));
    expect(seqs().at(-1)).toBeGreaterThanOrEqual(367);
  });

  it('nor is what was said meanwhile: 20 a second for a minute', async () => {
    const { clock, server, seqs, peerBack, channel } = await sender(64);
    server.socket().setBacklog(64 * 1024 + 1);
    peerBack(0);
    for (let seq = 65; seq <= 664; seq += 1) {
      channel.send('custom', seq);
      await clock.advance(50);
    }
    server.socket().setBacklog(0);
    let most = 0;
    for (let before = seqs().length; seqs().at(-1) !== 664; before = seqs().length) {
      await clock.advance(100);
      most = Math.max(most, seqs().length - before);
    }
    expect(most).toBeLessThanOrEqual(32);
    expect(seqs().slice(64)).toEqual(Array.from({ length: 664 }, (_, index) => index + 1));
  });

  it('never while the socket has a backlog', async () => {
    const { clock, server, seqs, peerBack } = await sender(40);
    server.socket().setBacklog(64 * 1024 + 1);
    peerBack(0);
    await clock.advance(5_000);
    expect(seqs()).toHaveLength(40);
    server.socket().setBacklog(64 * 1024);
    await clock.advance(2_000);
    expect(seqs()).toHaveLength(80);
  });

  it.each(['rate_limited', 'unavailable', 'internal'] as const)(
    'a server that answers %s to all is asked less and less, and gets all of it when it can again',
    async (code) => {
      const { clock, seqs, refuse } = await sender(64);
      let answered = 0;
      const refuseAll = () => {
        for (const seq of seqs().slice(answered)) refuse(seq, code);
        answered = seqs().length;
      };
      const perMinute: number[] = [];
      for (let minute = 0; minute < 3; minute += 1) {
        const before = seqs().length;
        for (let tenth = 0; tenth < 600; tenth += 1) {
          refuseAll();
          await clock.advance(100);
        }
        perMinute.push(seqs().length - before);
      }
      expect(Math.max(...perMinute)).toBeLessThanOrEqual(64 * 8);
      expect(perMinute.at(-1)).toBeLessThanOrEqual(64 * 3);
      const before = seqs().length;
      await clock.advance(60_000);
      expect(new Set(seqs().slice(before))).toEqual(
        new Set(Array.from({ length: 64 }, (_, index) => index + 1)),
      );
    },
  );

  it('a new connection sends what is missing once, not once more for each that was tried before', async () => {
    const { clock, server, seqs } = await sender(64);
    for (let time = 0; time < 3; time += 1) {
      server.socket().cut();
      await clock.advance(700);
    }
    expect(server.sockets.length).toBeGreaterThan(2);
    await clock.advance(10_000);
    const onTheLast = server.socket().heard.filter(({ action }) => action === 'signal');
    expect(onTheLast).toHaveLength(64);
    expect(seqs().length).toBeLessThanOrEqual(64 * 2 + 2 * 32);
  });
});
