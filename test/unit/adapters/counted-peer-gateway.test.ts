import { beforeEach, expect, it } from 'vitest';
import { countedPeerGateway } from '../../../functions/adapters/api-gateway/counted-peer-gateway.ts';
import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import type { LifeEvent } from '../../../functions/core/ports/life-log.ts';
import type { PeerGateway } from '../../../functions/core/ports/peer-gateway.ts';
import { connectionId } from '../../../protocol/ids.ts';

const to = { connectionId: connectionId.parse('A='), endpoint: 'https://example.org/v1' };
const message = { type: 'watching' } as const;

let now: number;
let events: LifeEvent[];
let answer: () => ReturnType<PeerGateway['post']>;
let peers: PeerGateway;
beforeEach(() => {
  now = 1_800_000_000_000;
  events = [];
  answer = () => Promise.resolve('delivered');
  const gateway: PeerGateway = {
    post: () => answer(),
    find: () => Promise.resolve('gone'),
    close: () => Promise.resolve('gone'),
  };
  peers = countedPeerGateway(gateway, {
    clock: { now: () => now },
    lifeLog: { note: (event) => void events.push(event) },
  });
});

const throttled = () =>
  Promise.reject(new DependencyUnavailable('@connections', 'LimitExceededException', undefined));

it('a post that goes out says nothing, nor does one that is too large, nor asking after a socket', async () => {
  for (let i = 0; i < 100; i++) await peers.post(to, message);
  answer = () => Promise.resolve('too_large');
  await expect(peers.post(to, message)).resolves.toBe('too_large');
  await expect(peers.find(to)).resolves.toBe('gone');
  expect(events).toEqual([]);
});

it('a burst of posts to a socket that is gone costs one line at once, and the rest rides with a later one', async () => {
  answer = () => Promise.resolve('gone');
  for (let i = 0; i < 40; i++) await expect(peers.post(to, message)).resolves.toBe('gone');
  expect(events).toEqual([{ type: 'posts_failed', why: 'gone', count: 1 }]);
  now += 1_000;
  await peers.post(to, message);
  expect(events[1]).toEqual({ type: 'posts_failed', why: 'gone', count: 40 });
});

it('what is throttled is counted apart, and thrown as it was', async () => {
  answer = throttled;
  await expect(peers.post(to, message)).rejects.toThrow(DependencyUnavailable);
  answer = () => Promise.resolve('gone');
  await peers.post(to, message);
  expect(events.map((event) => event.type === 'posts_failed' && event.why)).toEqual(['throttled', 'gone']);
});

it('an outage is none of the two', async () => {
  answer = () => Promise.reject(new DependencyUnavailable('@connections', 'TimeoutError', undefined));
  await expect(peers.post(to, message)).rejects.toThrow(DependencyUnavailable);
  expect(events).toEqual([]);
});
