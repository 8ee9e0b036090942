import { describe, expect, it } from 'vitest';
import { rateLimit } from '../../../functions/edge/rate-limit.ts';
import { connectionId } from '../../../protocol/ids.ts';
import { opened, sent, welcomed } from '../core/support/cast.ts';
import { operator1, operator2, rover1 } from '../core/support/people.ts';
import { newWorld } from '../core/support/world.ts';
import { api, connectEvent, messageEvent, said } from './support/gateway-calls.ts';

const a = connectionId.parse('A');
const b = connectionId.parse('B');

describe('the limit of messages', () => {
  it('lets a burst through, then as many as its rate, and says when there is room again', () => {
    const clock = { at: 0, now: () => clock.at };
    const limit = rateLimit(clock);
    const burst = Array.from({ length: 1_000 }, () => limit.take(a)).filter((wait) => wait === undefined);
    expect(burst).toHaveLength(200);
    const waitMs = limit.take(a) ?? 0;
    expect(waitMs).toBeGreaterThan(0);
    clock.at += waitMs;
    expect(limit.take(a)).toBeUndefined();
    expect(limit.take(a)).toBeGreaterThan(0);
    clock.at += 1_000;
    expect(
      Array.from({ length: 1_000 }, () => limit.take(a)).filter((wait) => wait === undefined),
    ).toHaveLength(100);
  });

  it('is each connection’s own, and never more than the burst after a rest', () => {
    const clock = { at: 0, now: () => clock.at };
    const limit = rateLimit(clock);
    for (let i = 0; i < 1_000; i++) limit.take(a);
    expect(limit.take(b)).toBeUndefined();
    clock.at += 3_600_000;
    expect(
      Array.from({ length: 1_000 }, () => limit.take(a)).filter((wait) => wait === undefined),
    ).toHaveLength(200);
  });

  it('is not lifted by a clock that goes back', () => {
    const clock = { at: 10_000, now: () => clock.at };
    const limit = rateLimit(clock);
    for (let i = 0; i < 200; i++) limit.take(a);
    clock.at = 0;
    expect(limit.take(a)).toBeGreaterThan(0);
  });

  it('remembers so many connections, and forgets the one that was silent for longest', () => {
    const clock = { at: 0, now: () => clock.at };
    const limit = rateLimit(clock);
    for (let i = 0; i < 201; i++) limit.take(a);
    for (let i = 0; i < 201; i++) limit.take(b);
    for (let i = 0; i < 4_998; i++) limit.take(connectionId.parse(`other-${i}`));
    expect(limit.take(b)).toBeGreaterThan(0);
    limit.take(connectionId.parse('one-more'));
    expect(limit.take(a)).toBeUndefined();
    expect(limit.take(b)).toBeGreaterThan(0);
  });
});

describe('1,000 signals in a second from one connection', () => {
  it('are told apart by what they echo, cost nothing when they are refused, and hurt nobody else', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1, { name: 'robot' });
    const { sessionId } = await opened(world, await welcomed(world, operator1, { name: 'A' }));
    const other = await opened(world, await welcomed(world, operator2, { name: 'B' }));
    const call = api(world);
    const signal = (id: string, seq: number) => ({
      action: 'signal',
      sessionId: id,
      robotId: 'rover-1',
      seq,
      kind: 'custom',
    });
    const answers = [];
    for (let seq = 1; seq <= 200; seq++)
      answers.push(await call(messageEvent('signal', signal(sessionId, seq))));
    world.tap.forget();
    for (let seq = 201; seq <= 1_000; seq++) {
      answers.push(await call(messageEvent('signal', signal(sessionId, seq))));
    }
    expect(world.tap.calls).toEqual([]);
    expect(sent(world, robot, 'signal')).toHaveLength(200);
    const refused = answers.slice(200).map(said);
    expect(refused).toHaveLength(800);
    for (const [i, message] of refused.entries()) {
      expect(message).toMatchObject({
        type: 'error',
        code: 'rate_limited',
        retryable: true,
        retryAfterMs: expect.any(Number),
        sessionId,
        seq: 201 + i,
      });
    }
    expect(await call(messageEvent('signal', signal(other.sessionId, 1), 'B'))).toEqual({ statusCode: 200 });
  });

  it('do not keep the gateway from saying that the socket has come or gone', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    const call = api(world);
    for (let i = 0; i < 300; i++) await call(messageEvent('listRobots', { action: 'listRobots' }));
    const { requestContext, ...rest } = connectEvent();
    const gone = {
      ...rest,
      requestContext: { ...requestContext, eventType: 'DISCONNECT', routeKey: '$disconnect' },
    };
    expect(await call(gone)).toEqual({ statusCode: 200 });
    expect(world.state.connections.size).toBe(0);
  });

  it('are answered with the requestId where the message has one', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    const call = api(world);
    const message = { action: 'getIceServers', requestId: 'request-1' };
    for (let i = 0; i < 200; i++) await call(messageEvent('getIceServers', message));
    const answer = said(await call(messageEvent('getIceServers', message)));
    expect(answer).toMatchObject({ code: 'rate_limited', requestId: 'request-1' });
    expect(answer).not.toHaveProperty('sessionId');
  });
});
