import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../functions/core/model/connection.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { robotId, type SessionId, sessionId } from '../../../protocol/ids.ts';
import type { SignalKind } from '../../../protocol/messages/signal-words.ts';
import {
  connected,
  hello,
  inSession,
  opened,
  refresh,
  send,
  signalOf,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { operator1, operator2, rover1, rover2 } from './support/people.ts';
import { newWorld, type World } from './support/world.ts';

const lifeMs = 600_000;

/** A robot and a client in a session, with the calls so far forgotten. */
async function setUp(lives: { robot?: number; client?: number } = {}) {
  const world = newWorld();
  const robot = await welcomed(world, rover1, { name: 'robot', lifeMs: lives.robot ?? lifeMs });
  const client = await welcomed(world, operator1, { name: 'client', lifeMs: lives.client ?? lifeMs });
  const session = await opened(world, client);
  world.tap.forget();
  return { world, robot, client, sessionId: session.sessionId };
}

const sides = [
  { from: 'client' as const, to: 'robot' as const },
  { from: 'robot' as const, to: 'client' as const },
];

const signalsTo = (world: World, socket: SocketAddress) =>
  world.gateway.to(socket).filter(({ type }) => type === 'signal');

function refusal(code: string, of: SessionId, seq = 1) {
  return { ok: false, refusal: expect.objectContaining({ code, sessionId: of, seq }) };
}

/** The connection has a longer token than its copies know of. */
function lengthen(world: World, socket: SocketAddress, state: 'ready' | 'closing') {
  const connection = world.connection(socket);
  if (connection === undefined) throw new Error('There is no such connection');
  const token = { ...connection.token, expiresAt: world.clock.now() + lifeMs };
  world.state.connections.set(connection.connectionId, { ...connection, token, state });
}

describe.each(sides)('a signal from the $from', ({ from, to }) => {
  it('reaches the other side as it is, with who sent it and the lease', async () => {
    const { world, sessionId, ...sockets } = await setUp();
    const data = { sdp: 'v=0', nested: [1, null, { deep: true }] };
    const signal = signalOf(sessionId, { seq: 7, kind: 'answer', data, requestId: 'not to be passed on' });
    expect(await send(world, sockets[from], signal)).toEqual({ ok: true, value: { sessionId, seq: 7 } });
    expect(signalsTo(world, sockets[to])).toEqual([
      { type: 'signal', sessionId, robotId: 'rover-1', from, seq: 7, kind: 'answer', data, leaseEpoch: 1 },
    ]);
    expect(signalsTo(world, sockets[from])).toEqual([]);
  });

  it('costs one read of two rows and one post, no other call and no line', async () => {
    const { world, sessionId, ...sockets } = await setUp();
    const events = world.events.length;
    await send(world, sockets[from], signalOf(sessionId));
    expect(world.tap.calls).toEqual(['signalPath.read', `post signal to ${to}`]);
    expect(world.events).toHaveLength(events);
  });

  it.each<SignalKind>(['offer', 'answer', 'candidate', 'candidatesEnd', 'restart', 'custom'])(
    'may be of kind %s, with any number, in any order',
    async (kind) => {
      const { world, sessionId, ...sockets } = await setUp();
      for (const seq of [3, 1, 1]) await send(world, sockets[from], signalOf(sessionId, { kind, seq }));
      expect(signalsTo(world, sockets[to])).toMatchObject([{ seq: 3 }, { seq: 1 }, { seq: 1 }]);
    },
  );

  it('I1: is refused with token_expired from the end of its token on, and not passed on', async () => {
    const { world, sessionId, ...sockets } = await setUp({ [from]: 60_000 });
    world.pass(59_999);
    expect(await send(world, sockets[from], signalOf(sessionId))).toMatchObject({ ok: true });
    world.pass(1);
    expect(await send(world, sockets[from], signalOf(sessionId))).toEqual(
      refusal('token_expired', sessionId),
    );
    expect(signalsTo(world, sockets[to])).toHaveLength(1);
  });

  it('I1: is refused with peer_away from the end of the other’s token on, and not passed on', async () => {
    const { world, sessionId, ...sockets } = await setUp({ [to]: 60_000 });
    world.pass(60_000);
    expect(await send(world, sockets[from], signalOf(sessionId))).toEqual(refusal('peer_away', sessionId));
    expect(signalsTo(world, sockets[to])).toEqual([]);
  });

  it.each([
    ['its own', from],
    ['the other’s', to],
  ] as const)(
    'I2: is passed on where %s copy looks expired but the connection was refreshed',
    async (_whose, who) => {
      const { world, sessionId, ...sockets } = await setUp({ [who]: 60_000 });
      lengthen(world, sockets[who], 'ready');
      world.pass(60_000);
      expect(await send(world, sockets[from], signalOf(sessionId))).toMatchObject({ ok: true });
      expect(signalsTo(world, sockets[to])).toHaveLength(1);
      expect(world.tap.calls).toEqual(['signalPath.read', 'connections.get', `post signal to ${to}`]);
    },
  );

  it.each([from, to])(
    'I1: counts an expired copy of the %s whose connection is being closed',
    async (who) => {
      const { world, sessionId, ...sockets } = await setUp({ [who]: 60_000 });
      lengthen(world, sockets[who], 'closing');
      world.pass(60_000);
      expect(await send(world, sockets[from], signalOf(sessionId))).toEqual(
        refusal(who === from ? 'token_expired' : 'peer_away', sessionId),
      );
      expect(signalsTo(world, sockets[to])).toEqual([]);
    },
  );

  it('after a refresh of both within the grace, is passed on as before', async () => {
    const { world, sessionId, ...sockets } = await setUp();
    world.pass(lifeMs + 1);
    await refresh(world, sockets.robot, world.tokens.issue(rover1));
    await refresh(world, sockets.client, world.tokens.issue(operator1));
    expect(await send(world, sockets[from], signalOf(sessionId))).toMatchObject({ ok: true });
  });

  it('is refused with peer_away when the post finds the socket gone', async () => {
    const { world, sessionId, ...sockets } = await setUp();
    world.gateway.drop(sockets[to]);
    expect(await send(world, sockets[from], signalOf(sessionId, { seq: 9 }))).toEqual(
      refusal('peer_away', sessionId, 9),
    );
  });

  it.each([`post signal to ${to}`, 'signalPath.read'])(
    'I10: is unavailable, not permitted, when %s fails',
    async (call) => {
      const { world, sessionId, ...sockets } = await setUp();
      world.tap.fail(call);
      expect(await send(world, sockets[from], signalOf(sessionId, { seq: 9 }))).toEqual(
        refusal('unavailable', sessionId, 9),
      );
      expect(signalsTo(world, sockets[to])).toEqual([]);
    },
  );

  it('I10: is unavailable when a copy looks expired and the connection cannot be read', async () => {
    const { world, sessionId, ...sockets } = await setUp({ [to]: 60_000 });
    world.pass(60_000);
    world.tap.fail('connections.get');
    expect(await send(world, sockets[from], signalOf(sessionId))).toEqual(refusal('unavailable', sessionId));
    expect(signalsTo(world, sockets[to])).toEqual([]);
  });

  it('changes no row, delivered or not', async () => {
    const { world, sessionId, ...sockets } = await setUp();
    const before = structuredClone(world.state);
    await send(world, sockets[from], signalOf(sessionId));
    world.gateway.drop(sockets[to]);
    await send(world, sockets[from], signalOf(sessionId));
    expect(world.state).toEqual(before);
  });
});

it('a fault is not taken for an outage: it is thrown on', async () => {
  const { world, client, sessionId } = await setUp();
  world.tap.fail('signalPath.read', { error: new TypeError('a fault') });
  await expect(send(world, client, signalOf(sessionId))).rejects.toThrow(TypeError);
});

describe('a robot that is away', () => {
  it('gets nothing: its client hears peer_away', async () => {
    const { world, robot, client, sessionId } = await setUp();
    await disconnect(world.deps, robot);
    world.tap.forget();
    expect(await send(world, client, signalOf(sessionId))).toEqual(refusal('peer_away', sessionId));
    expect(world.tap.calls).toEqual(['signalPath.read']);
  });
});

describe('I4: the old connection of a robot', () => {
  it('is a stranger to the sessions, and gets nothing that is for the robot', async () => {
    const { world, robot, client, sessionId } = await setUp();
    world.pass(1);
    // The old one cannot be told, and stays open: only the rows keep it out.
    world.tap.fail('post goAway to robot');
    const b = await connected(world, rover1, { name: 'B' });
    await hello(world, b);
    const second = await opened(world, client);
    expect(await send(world, robot, signalOf(second.sessionId))).toEqual(
      refusal('session_unknown', second.sessionId),
    );
    expect(await send(world, robot, signalOf(sessionId))).toEqual(refusal('session_unknown', sessionId));
    expect(await send(world, client, signalOf(second.sessionId))).toMatchObject({ ok: true });
    expect(signalsTo(world, robot)).toEqual([]);
    expect(signalsTo(world, b)).toHaveLength(1);
  });
});

describe('a stranger', () => {
  it.each([
    ['another client', operator2],
    ['another tab of the same person', operator1],
    ['another robot', rover2],
  ])('%s gets session_unknown, as for a session that does not exist', async (_what, who) => {
    const { world, robot, client, sessionId: theirs } = await setUp();
    const stranger = await welcomed(world, who, { name: 'stranger' });
    const known = await send(world, stranger, signalOf(theirs));
    const made = sessionId.parse('made-up');
    const unknown = await send(world, stranger, signalOf(made));
    expect(known).toEqual(refusal('session_unknown', theirs));
    expect(unknown).toEqual(refusal('session_unknown', made));
    const words = [known, unknown].map((answer) => (answer.ok ? '' : answer.refusal.message));
    expect(words[0]).toBe(words[1]);
    expect([...signalsTo(world, robot), ...signalsTo(world, client)]).toEqual([]);
  });

  it('who has the right session but names another robot, too', async () => {
    const { world, client, sessionId } = await setUp();
    await welcomed(world, rover2);
    const signal = signalOf(sessionId, { robotId: robotId.parse('rover-2') });
    expect(await send(world, client, signal)).toEqual(refusal('session_unknown', sessionId));
  });

  it('without hello gets hello_required, expired token_expired, unknown unauthenticated', async () => {
    const { world, sessionId } = await setUp();
    const stranger = await connected(world, operator2, { name: 'stranger', lifeMs: 20_000 });
    expect(await send(world, stranger, signalOf(sessionId))).toEqual(refusal('hello_required', sessionId));
    world.pass(20_000);
    expect(await send(world, stranger, signalOf(sessionId))).toEqual(refusal('token_expired', sessionId));
    expect(await send(world, socketNamed('nobody'), signalOf(sessionId))).toEqual(
      refusal('unauthenticated', sessionId),
    );
  });
});

it('harms no other session: each has its own sides', async () => {
  const world = newWorld();
  const { robotSocket, clientSocket, sessionId } = await inSession(world, rover1, operator1);
  const viewer = await welcomed(world, operator2);
  const other = await opened(world, viewer, { mode: 'view' });
  await send(world, robotSocket, signalOf(other.sessionId));
  expect(signalsTo(world, clientSocket)).toEqual([]);
  expect(signalsTo(world, viewer)).toMatchObject([{ sessionId: other.sessionId }]);
  expect(await send(world, viewer, signalOf(sessionId))).toEqual(refusal('session_unknown', sessionId));
});
