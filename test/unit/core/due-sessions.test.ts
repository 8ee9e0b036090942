import { describe, expect, it } from 'vitest';
import type { ClientSession } from '../../../functions/core/model/client-session.ts';
import type { Connection } from '../../../functions/core/model/connection.ts';
import type { SessionId } from '../../../protocol/ids.ts';
import { disorder } from './support/at-rest.ts';
import { cleanUp, nothingDone, sent } from './support/cast.ts';
import { meanwhile } from './support/interruption.ts';
import { roverId } from './support/people.ts';
import { a, lose, pair, robot } from './support/returning.ts';
import type { World } from './support/world.ts';

function changeSession(world: World, sessionId: SessionId, change: Partial<ClientSession>) {
  for (const [name, row] of world.state.sessions) {
    if (row.sessionId === sessionId) world.state.sessions.set(name, { ...row, ...change });
  }
}

function changeConnection(world: World, change: Partial<Connection>) {
  const row = world.connection(a);
  if (row === undefined) throw new Error('no connection');
  world.state.connections.set(row.connectionId, { ...row, ...change });
}

/** A session in control that is due, on a connection that is there with a token that lives on. */
async function due() {
  const made = await pair();
  const { world, sessionId } = made;
  changeSession(world, sessionId, { nextDeadlineAt: world.clock.at });
  return made;
}
const over = { robotId: 'rover-1', type: 'session_closed' };

describe('a session that is due while its client is there', () => {
  it('I2: follows the token that was refreshed, with control, and nobody is told anything', async () => {
    const { world, sessionId } = await due();
    const posted = world.gateway.posted.length;
    expect(await cleanUp(world)).toEqual(nothingDone);
    const expiresAt = world.connection(a)?.token.expiresAt ?? 0;
    expect(world.session(sessionId)).toMatchObject({ socket: { tokenExpiresAt: expiresAt } });
    expect(world.session(sessionId)?.nextDeadlineAt).toBeGreaterThan(expiresAt);
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
    expect(world.gateway.posted).toHaveLength(posted);
  });

  it('ends as expired where the connection is being closed, or is no more', async () => {
    for (const isThere of [true, false]) {
      const { world, sessionId } = await due();
      if (isThere) changeConnection(world, { state: 'closing', nextDeadlineAt: world.clock.at + 60_000 });
      else await world.deps.connections.remove(a.connectionId);
      expect(await cleanUp(world)).toEqual({ ...nothingDone, sessionsEnded: 1 });
      expect(world.noted('session_closed')).toEqual([{ ...over, sessionId, reason: 'expired' }]);
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
      expect(sent(world, robot, 'sessionClosed')).toMatchObject([{ sessionId }]);
    }
  });

  it.each([
    { what: 'at the very moment that it would be due by its token', lateMs: 0, ended: 1 },
    { what: 'a millisecond before', lateMs: -1, ended: 0 },
  ])('$what: $ended ended', async ({ lateMs, ended }) => {
    const { world, sessionId } = await pair();
    // Nobody has closed the connection, whose token and grace are over.
    world.clock.at = (world.session(sessionId)?.nextDeadlineAt ?? 0) + lateMs;
    changeConnection(world, { nextDeadlineAt: world.clock.at + 60_000 });
    changeSession(world, sessionId, { nextDeadlineAt: world.clock.at });
    expect(await cleanUp(world)).toMatchObject({ sessionsEnded: ended });
    expect(world.sessions()).toHaveLength(1 - ended);
  });
});

describe('a session that is due', () => {
  it('and is no more by the time that it is looked at is nothing to do', async () => {
    const { world, sessionId } = await due();
    const report = await meanwhile(world, {
      at: 'sessions.get',
      action: () => cleanUp(world),
      act: () => world.deps.sessions.remove({ robotId: roverId, sessionId }, 'anyConnection'),
    });
    expect(report).toEqual(nothingDone);
    expect(world.noted('fault')).toEqual([]);
  });

  it('of a client that was away and is back by then stays, with its control', async () => {
    const { world, sessionId } = await pair();
    await lose(world, a);
    world.pass(world.policy.resumeWindowMs);
    const report = await meanwhile(world, {
      at: 'sessions.get',
      action: () => cleanUp(world),
      act: () => changeSession(world, sessionId, { nextDeadlineAt: world.clock.at + 1 }),
    });
    expect(report).toEqual(nothingDone);
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId });
    expect(disorder(world)).toEqual([]);
  });
});
