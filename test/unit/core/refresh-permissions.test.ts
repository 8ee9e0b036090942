import { describe, expect, it } from 'vitest';
import { requestControl } from '../../../functions/core/use-cases/change-control.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { refreshToken } from '../../../functions/core/use-cases/refresh-token.ts';
import { codeOf, granted, open, opened, refresh, sent, welcomed } from './support/cast.ts';
import { operator1, operator2, rover1, rover2, roverId, viewer1 } from './support/people.ts';
import { newWorld, type World } from './support/world.ts';

const movedAway = { ...operator1, groups: ['operators', 'fleet:other'] };
const nowViewer = { ...operator1, groups: ['viewers', 'fleet:demo'] };

describe('I5: a refresh of a robot', () => {
  const inFleets = (...fleets: readonly string[]) => ({
    ...rover1,
    groups: ['robots', ...fleets.map((fleet) => `fleet:${fleet}`)],
  });
  const listedIn = async (world: World, fleet: string) =>
    (await world.deps.fleets.list({ fleet, after: undefined, limit: 9 })).includes(roverId);

  it.each([
    { what: 'joins one', after: ['demo', 'kept', 'new'], writes: 1 },
    { what: 'leaves one', after: ['kept'], writes: 1 },
    { what: 'changes one', after: ['kept', 'new'], writes: 1 },
    { what: 'leaves all', after: [], writes: 1 },
    { what: 'changes none', after: ['demo', 'kept'], writes: 0 },
  ])('that $what is listed in its new fleets alone, at once', async ({ after, writes }) => {
    const world = newWorld();
    const robot = await welcomed(world, inFleets('demo', 'kept'));
    world.tap.forget();
    granted(await refresh(world, robot, world.tokens.issue(inFleets(...after))));
    for (const fleet of ['demo', 'kept', 'new']) {
      expect(`${fleet}: ${await listedIn(world, fleet)}`).toBe(`${fleet}: ${after.includes(fleet)}`);
    }
    expect(world.robot()).toMatchObject({ fleets: after });
    expect(world.tap.count('fleets.enlist')).toBe(writes);
  });

  it('takes it out of no fleet that it stays in, not for a moment', async () => {
    const world = newWorld();
    const robot = await welcomed(world, inFleets('demo', 'kept'));
    const left: (readonly string[])[] = [];
    const fleets = {
      ...world.deps.fleets,
      enlist: async (...[id, change]: Parameters<typeof world.deps.fleets.enlist>) => {
        left.push(change.left);
        return world.deps.fleets.enlist(id, change);
      },
    };
    const token = world.tokens.issue(inFleets('kept', 'new'));
    granted(await refreshToken({ ...world.deps, fleets }, { caller: robot, token }));
    expect(left).toEqual([['demo']]);
  });
});

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

  it('takes control that was given since from a session that goes on to view, and from no other', async () => {
    const world = newWorld();
    const robot = await welcomed(world, rover1);
    const client = await welcomed(world, operator1);
    const other = await welcomed(world, operator2);
    const { sessionId } = await opened(world, client, { mode: 'view' });
    const further = await opened(world, client, { mode: 'view' });
    await opened(world, other, { mode: 'view' });
    const control = { caller: client, robotId: roverId, sessionId, force: false };
    granted(await requestControl(world.deps, control));
    granted(await refresh(world, client, world.tokens.issue(nowViewer)));
    expect(world.session(sessionId)).toBeDefined();
    expect(world.session(further.sessionId)).toBeDefined();
    expect(world.robot()).toMatchObject({ leaseEpoch: 2 });
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(sent(world, robot, 'controlChanged').map((word) => word.sessionId)).toEqual([sessionId, null]);
  });

  it('leaves control alone that another session has', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const holder = await opened(world, await welcomed(world, operator2));
    const client = await welcomed(world, operator1);
    await opened(world, client, { mode: 'view' });
    world.tap.forget();
    granted(await refresh(world, client, world.tokens.issue(nowViewer)));
    expect(world.robot()).toMatchObject({ controllerSessionId: holder.sessionId, leaseEpoch: 1 });
    expect(world.tap.count('robots.dropControl')).toBe(0);
  });

  it('leaves a session alone that has been suspended meanwhile: its return is asked about what it may', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const client = await welcomed(world, operator1);
    const { sessionId } = await opened(world, client, { mode: 'view' });
    const looking = world.tap.hold('sessions.get');
    const refreshing = refresh(world, client, world.tokens.issue(movedAway));
    await looking.reachedBy(refreshing);
    await disconnect(world.deps, client);
    looking.release();
    await refreshing;
    expect(world.session(sessionId)).toMatchObject({ resumeEndsAt: expect.any(Number) });
    expect(world.noted('fault')).toEqual([]);
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
