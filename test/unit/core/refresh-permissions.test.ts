import { describe, expect, it } from 'vitest';
import { codeOf, granted, open, opened, refresh, welcomed } from './support/cast.ts';
import { operator1, rover1, rover2, viewer1 } from './support/people.ts';
import { newWorld } from './support/world.ts';

const movedAway = { ...operator1, groups: ['operators', 'fleet:other'] };
const nowViewer = { ...operator1, groups: ['viewers', 'fleet:demo'] };

describe('I5: a refresh that takes a permission away', () => {
  it('ends the sessions with robots of the lost fleet with `forbidden`, tells both sides, and frees control', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1);
    const client = await welcomed(world, operator1);
    const { sessionId } = await opened(world, client);
    granted(await refresh(world, client, world.tokens.issue(movedAway)));
    const ended = { type: 'sessionClosed', sessionId, reason: 'forbidden' };
    expect(world.gateway.to(client).at(-1)).toEqual(ended);
    expect(world.gateway.to(robot).slice(-2)).toEqual([
      ended,
      { type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 2 },
    ]);
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(codeOf(await open(world, client))).toBe('forbidden');
  });

  it('keeps the sessions that are still allowed', async () => {
    const world = newWorld();
    await welcomed(world, { ...rover1, groups: ['robots', 'fleet:demo', 'fleet:other'] });
    const client = await welcomed(world, operator1);
    const { sessionId } = await opened(world, client);
    granted(await refresh(world, client, world.tokens.issue(movedAway)));
    expect(world.session(sessionId)).toBeDefined();
    expect(world.noted('session_closed')).toEqual([]);
  });

  it('ends a session in control of one who may only view now, and keeps one that views', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    await welcomed(world, rover2);
    const client = await welcomed(world, operator1);
    await opened(world, client);
    const viewing = await opened(world, client, { mode: 'view' });
    granted(await refresh(world, client, world.tokens.issue(nowViewer)));
    expect(world.sessions().map(({ sessionId }) => sessionId)).toEqual([viewing.sessionId]);
  });

  it('touches nobody else, and not the connection itself', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const client = await welcomed(world, operator1);
    const viewer = await welcomed(world, viewer1);
    const kept = await opened(world, viewer, { mode: 'view' });
    await opened(world, client);
    granted(await refresh(world, client, world.tokens.issue(movedAway)));
    expect(world.sessions().map(({ sessionId }) => sessionId)).toEqual([kept.sessionId]);
    expect(world.connection(client)).toMatchObject({
      state: 'ready',
      identity: { groups: movedAway.groups },
    });
    expect(world.gateway.closed).toEqual([]);
  });

  it('that is cut off while it ends them is finished when it is repeated', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const client = await welcomed(world, operator1);
    await opened(world, client);
    const token = world.tokens.issue(movedAway);
    world.tap.fail('sessions.remove');
    await expect(refresh(world, client, token)).rejects.toThrow('unavailable');
    granted(await refresh(world, client, token));
    expect(world.sessions()).toEqual([]);
  });

  it.each(['clients.addSession', 'sessions.create', 'clients.addSession again', 'robots.takeControl'])(
    'at the same moment as an opening by the old ones, leaves no session: held at %s',
    async (step) => {
      const world = newWorld();
      await welcomed(world, rover1);
      const client = await welcomed(world, operator1);
      const held = world.tap.hold(step);
      const opening = open(world, client);
      await held.reachedBy(opening);
      granted(await refresh(world, client, world.tokens.issue(movedAway)));
      held.release();
      expect(codeOf(await opening)).toBe('forbidden');
      expect(world.sessions()).toEqual([]);
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
    },
  );
});
