import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../functions/core/model/connection.ts';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { sessionId as parseId, type SessionId } from '../../../protocol/ids.ts';
import { codeOf, connected, inSession, opened, sent, socketNamed, welcomed } from './support/cast.ts';
import { operator1, operator2, rover1, rover2, roverId } from './support/people.ts';
import { newWorld, type World } from './support/world.ts';

type Reason = 'closed' | 'refused' | 'busy';

function close(world: World, caller: SocketAddress, sessionId: SessionId, reason: Reason = 'closed') {
  return closeSession(world.deps, { caller, robotId: roverId, sessionId, reason });
}

const sides = [
  { by: 'clientSocket' as const, other: 'robotSocket' as const },
  { by: 'robotSocket' as const, other: 'clientSocket' as const },
];

describe.each(sides)('closeSession by the $by', ({ by, other }) => {
  it.each<Reason>(['closed', 'refused', 'busy'])(
    'ends the session, frees control, tells the other side alone: %s',
    async (reason) => {
      const world = newWorld();
      const { sessionId, ...sockets } = await inSession(world, rover1, operator1);
      const heard = world.gateway.to(sockets[by]).length;
      expect(await close(world, sockets[by], sessionId, reason)).toEqual({
        ok: true,
        value: { sessionId, reason },
      });
      expect(world.sessions()).toEqual([]);
      expect(world.robot()).toMatchObject({ leaseEpoch: 2 });
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
      expect([...world.state.clients.values()].map((client) => client.sessions.size)).toEqual([0]);
      expect(sent(world, sockets[other], 'sessionClosed')).toEqual([
        { type: 'sessionClosed', sessionId, reason },
      ]);
      const freed = { type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 2 };
      expect(sent(world, sockets.robotSocket, 'controlChanged')).toEqual([freed]);
      // Who closes is answered; of control a robot hears whoever gave it back, and the client has no session any more.
      expect(world.gateway.to(sockets[by]).slice(heard)).toEqual(by === 'robotSocket' ? [freed] : []);
      expect(sent(world, sockets.clientSocket, 'controlChanged')).toEqual([]);
      expect(world.noted('session_closed')).toEqual([
        { type: 'session_closed', robotId: 'rover-1', sessionId, reason },
      ]);
    },
  );

  it('works though the other side is gone, or cannot be told', async () => {
    for (const lose of ['drop', 'fail'] as const) {
      const world = newWorld();
      const { sessionId, ...sockets } = await inSession(world, rover1, operator1);
      if (lose === 'drop') world.gateway.drop(sockets[other]);
      else world.tap.fail(`post sessionClosed to ${sockets[other].connectionId}`);
      expect(await close(world, sockets[by], sessionId)).toMatchObject({ ok: true });
      expect(world.sessions()).toEqual([]);
    }
  });

  it('is session_unknown when it is repeated, and tells nobody again', async () => {
    const world = newWorld();
    const { sessionId, ...sockets } = await inSession(world, rover1, operator1);
    await close(world, sockets[by], sessionId);
    const posts = world.gateway.posted.length;
    expect(codeOf(await close(world, sockets[by], sessionId))).toBe('session_unknown');
    expect(world.gateway.posted).toHaveLength(posts);
  });

  it('I3: leaves control with another session that holds it', async () => {
    const world = newWorld();
    const { robotSocket, sessionId } = await inSession(world, rover1, operator1);
    const second = await welcomed(world, operator2);
    const view = await opened(world, second);
    await close(world, by === 'robotSocket' ? robotSocket : second, view.sessionId);
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
    expect(world.session(sessionId)).toBeDefined();
  });

  it('I1: is refused from the end of the token on', async () => {
    const world = newWorld();
    const { sessionId, ...sockets } = await inSession(world, rover1, operator1);
    world.pass(world.policy.tokenMs);
    expect(codeOf(await close(world, sockets[by], sessionId))).toBe('token_expired');
    expect(world.session(sessionId)).toBeDefined();
  });

  it('I1: tells an expired other side nothing', async () => {
    const world = newWorld();
    const lives = by === 'clientSocket' ? [60_000, undefined] : [undefined, 60_000];
    const entry = (lifeMs: number | undefined) => (lifeMs === undefined ? {} : { lifeMs });
    const robotSocket = await welcomed(world, rover1, entry(lives[0]));
    const clientSocket = await welcomed(world, operator1, entry(lives[1]));
    const { sessionId } = await opened(world, clientSocket);
    world.pass(60_000);
    const sockets = { robotSocket, clientSocket };
    expect(await close(world, sockets[by], sessionId)).toMatchObject({ ok: true });
    expect(world.gateway.to(sockets[other]).map(({ type }) => type)).not.toContain('sessionClosed');
  });

  it.each(['robots.dropControl', 'clients.removeSession'])(
    'I7: that is cut off at %s does not leave control with a session that is no more',
    async (step) => {
      const world = newWorld();
      const { sessionId, ...sockets } = await inSession(world, rover1, operator1);
      world.tap.fail(step);
      await expect(close(world, sockets[by], sessionId)).rejects.toThrow('unavailable');
      await close(world, sockets[by], sessionId);
      expect(world.sessions()).toEqual([]);
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
    },
  );
});

describe('closeSession at once', () => {
  it('by both sides, ends it once', async () => {
    const world = newWorld();
    const { sessionId, robotSocket, clientSocket } = await inSession(world, rover1, operator1);
    await Promise.all([
      close(world, robotSocket, sessionId, 'refused'),
      close(world, clientSocket, sessionId, 'closed'),
    ]);
    expect(world.noted('session_closed')).toHaveLength(1);
    expect(world.robot()).toMatchObject({ leaseEpoch: 2 });
  });

  it('with the client’s $disconnect, ends it once', async () => {
    const world = newWorld();
    const { sessionId, robotSocket, clientSocket } = await inSession(world, rover1, operator1);
    await Promise.all([close(world, robotSocket, sessionId), disconnect(world.deps, clientSocket)]);
    expect(world.noted('session_closed')).toHaveLength(1);
    expect(world.sessions()).toEqual([]);
  });
});

describe('closeSession by a stranger', () => {
  it.each([
    ['another client', operator2],
    ['another tab of the same person', operator1],
    ['another robot', rover2],
  ])('%s gets session_unknown, as for a session that does not exist', async (_what, who) => {
    const world = newWorld();
    const { sessionId } = await inSession(world, rover1, operator1);
    const stranger = await welcomed(world, who, { name: 'stranger' });
    const before = structuredClone(world.state);
    const answer = await close(world, stranger, sessionId);
    expect(codeOf(answer)).toBe('session_unknown');
    expect(answer).toEqual(await close(world, stranger, parseId.parse('made-up')));
    expect(world.state).toEqual(before);
  });

  it('without hello gets hello_required, and unknown unauthenticated', async () => {
    const world = newWorld();
    const { sessionId } = await inSession(world, rover1, operator1);
    const stranger = await connected(world, operator2);
    expect(codeOf(await close(world, stranger, sessionId))).toBe('hello_required');
    expect(codeOf(await close(world, socketNamed('nobody'), sessionId))).toBe('unauthenticated');
  });
});

it('tells a side whose copy lags behind its refreshed connection', async () => {
  const world = newWorld();
  const robotSocket = await welcomed(world, rover1);
  const clientSocket = await welcomed(world, operator1, { lifeMs: 60_000 });
  const { sessionId } = await opened(world, clientSocket);
  const connection = world.connection(clientSocket);
  if (connection === undefined) throw new Error('no connection');
  const token = { ...connection.token, expiresAt: world.clock.now() + 600_000 };
  world.state.connections.set(connection.connectionId, { ...connection, token });
  world.pass(60_000);
  await close(world, robotSocket, sessionId);
  expect(world.gateway.to(clientSocket).at(-1)).toMatchObject({ type: 'sessionClosed', sessionId });
});
