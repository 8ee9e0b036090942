import { describe, expect, it } from 'vitest';
import { sayHello } from '../../../functions/core/use-cases/hello.ts';
import { maxMessageBytes } from '../../../protocol/limits.ts';
import { codeOf, connected, granted, hello, keyOf, socketNamed, welcomed } from './support/cast.ts';
import { operator1, operator2, rover1 } from './support/people.ts';
import { newWorld, t0 } from './support/world.ts';

const socket = socketNamed('A');

describe('hello, to anybody', () => {
  it.each([0, 2, 99])('does not speak protocol %i, says what it does, and asks nobody', async (protocol) => {
    const world = newWorld();
    await connected(world, operator1, { name: 'A' });
    world.tap.forget();
    const nothingElse = { requestId: undefined, resume: undefined, received: undefined };
    const answer = await sayHello(world.deps, { caller: socket, protocol, ...nothingElse });
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'protocol_unsupported', supported: [1] } });
    expect(world.tap.calls).toEqual([]);
  });

  it('is unauthenticated on a connection that is not known', async () => {
    expect(codeOf(await hello(newWorld(), socket))).toBe('unauthenticated');
  });

  it.each([operator1, rover1])('is unauthenticated on one that is being closed: $userName', async (who) => {
    const world = newWorld();
    await connected(world, who, { name: 'A' });
    await world.deps.connections.markClosing(socket.connectionId, { retryAt: t0, how: 'disconnect' });
    expect(codeOf(await hello(world, socket))).toBe('unauthenticated');
    expect(world.gateway.posted).toEqual([]);
  });

  it.each([operator1, rover1])('I1: is refused from the end of the token on: $userName', async (who) => {
    const world = newWorld();
    await connected(world, who, { name: 'A', lifeMs: 10_000 });
    world.pass(10_000);
    expect(codeOf(await hello(world, socket))).toBe('token_expired');
    expect(world.robot()).toBeUndefined();
    world.clock.at -= 1;
    expect(codeOf(await hello(world, socket))).toBeUndefined();
  });
});

describe('hello of a client', () => {
  it('is welcomed with who it is and every time that it must keep', async () => {
    const world = newWorld();
    await connected(world, operator1, { name: 'A' });
    world.pass(5);
    await hello(world, socket, { requestId: 'request-1' });
    const { policy } = world;
    expect(world.gateway.to(socket)).toEqual([
      {
        type: 'welcome',
        requestId: 'request-1',
        connectionId: 'A',
        kind: 'client',
        principalId: operator1.principalId,
        clientId: 'client-1',
        resumeKey: 'client-1.key-1',
        groups: operator1.groups,
        sentAt: t0 + 5,
        tokenExpiresAt: t0 + policy.tokenMs,
        refreshAt: t0 + policy.tokenMs * 0.8,
        connectionExpiresAt: t0 + policy.rollOverMs.to,
        resumed: false,
        sessions: [],
        policy: {
          warnMs: policy.warnMs,
          graceMs: policy.graceMs,
          resumeWindowMs: policy.resumeWindowMs,
          heartbeatMs: policy.heartbeatMs,
          reconnectSpreadMs: 2_000,
          maxMessageBytes,
        },
      },
    ]);
    expect(world.noted('welcomed')).toEqual([
      { type: 'welcomed', connectionId: 'A', kind: 'client', clientId: 'client-1' },
    ]);
  });

  it('is due from then on when it is first asked after', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    expect(world.connection(socket)).toMatchObject({
      state: 'ready',
      client: { clientId: 'client-1', epoch: 1 },
      nextDeadlineAt: t0 + world.policy.checkEveryMs,
    });
  });

  it('is due when its token is first warned of, where that comes before', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A', lifeMs: 900_000 });
    expect(world.connection(socket)).toMatchObject({ nextDeadlineAt: t0 + 300_000 });
  });

  it('is told no more than concerns it: neither a robot id, nor the id of a request that it did not give', async () => {
    const world = newWorld();
    const client = await welcomed(world, operator1);
    const robot = await welcomed(world, rover1);
    expect(world.gateway.to(client)[0]).not.toHaveProperty('robotId');
    for (const each of [client, robot]) expect(world.gateway.to(each)[0]).not.toHaveProperty('requestId');
    expect(world.gateway.to(robot)[0]).not.toHaveProperty('clientId');
    expect(world.gateway.to(robot)[0]).not.toHaveProperty('resumeKey');
  });

  it('is a new client on each connection, beside the other tabs of the same person', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    await welcomed(world, operator1, { name: 'B' });
    await welcomed(world, operator2, { name: 'C' });
    expect([...world.state.clients.keys()]).toEqual(['client-1', 'client-2', 'client-3']);
    expect(world.gateway.closed).toEqual([]);
  });

  it('said twice, is welcomed as the same client again', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    await hello(world, socket, { requestId: 'again' });
    expect(world.gateway.to(socket)).toMatchObject([
      { clientId: 'client-1' },
      { clientId: 'client-1', requestId: 'again' },
    ]);
    expect(world.state.clients.size).toBe(1);
  });

  it('is unavailable when welcome cannot be posted, and works when it is repeated', async () => {
    const world = newWorld();
    await connected(world, operator1, { name: 'A' });
    world.tap.fail('post welcome to A');
    await expect(hello(world, socket)).rejects.toThrow('unavailable');
    await hello(world, socket);
    expect(world.gateway.to(socket)).toMatchObject([{ type: 'welcome', clientId: 'client-1' }]);
    expect(world.state.clients.size).toBe(1);
  });

  it('is not counted as welcomed when it is gone', async () => {
    const world = newWorld();
    await connected(world, operator1, { name: 'A' });
    world.gateway.drop(socket);
    await hello(world, socket);
    expect(world.noted('welcomed')).toEqual([]);
  });

  it('said again where another connection has taken the client is unauthenticated, and no new client', async () => {
    const world = newWorld();
    const first = await welcomed(world, operator1, { name: 'first' });
    const second = await connected(world, operator1, { name: 'second' });
    // It cannot be told, nor closed, at that moment.
    for (const call of ['post goAway to first', 'close first']) world.tap.fail(call);
    granted(await hello(world, second, { resume: keyOf(world, first) }));
    expect(codeOf(await hello(world, first))).toBe('unauthenticated');
    expect([...world.state.clients.keys()]).toEqual(['client-1']);
  });

  it('leaves nothing behind when the connection is closed in the middle', async () => {
    const world = newWorld();
    await connected(world, operator1, { name: 'A' });
    const held = world.tap.hold('connections.markReady');
    const saying = hello(world, socket);
    await held.reachedBy(saying);
    await world.deps.connections.markClosing(socket.connectionId, { retryAt: t0, how: 'disconnect' });
    held.release();
    expect(codeOf(await saying)).toBe('unauthenticated');
    expect(world.state.clients.size).toBe(0);
    expect(world.gateway.posted).toEqual([]);
  });

  it('said twice at once, is still one client, and none is left behind', async () => {
    const world = newWorld();
    await connected(world, operator1, { name: 'A' });
    await Promise.all([hello(world, socket), hello(world, socket)]);
    expect([...world.state.clients.keys()]).toEqual([world.connection(socket)?.client?.clientId]);
  });
});
