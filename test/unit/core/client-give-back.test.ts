import { describe, expect, it } from 'vitest';
import { disorder, misinformed } from './support/at-rest.ts';
import {
  cleanUpUntil,
  codeOf,
  connected,
  granted,
  hello,
  opened,
  refresh,
  send,
  sent,
  signalOf,
  welcomed,
} from './support/cast.ts';
import { failedAtEachStep } from './support/interruption.ts';
import { operator1 } from './support/people.ts';
import { a, b, back, c, lose, pair, robot } from './support/returning.ts';
import type { World } from './support/world.ts';

/** How `welcome` can fail, and what the caller then gets. */
const failures = [
  { what: 'finds nobody (410)', set: (world: World) => world.gateway.goneOnce(b), code: 'unauthenticated' },
  { what: 'cannot be posted', set: (world: World) => world.tap.fail('post welcome to B'), code: 'thrown' },
] as const;

const codeOfHello = (world: World, resume: string) =>
  hello(world, b, { resume }).then(codeOf, () => 'thrown' as const);

describe.each(failures)('a welcome that $what gives a client back to its old connection', ({ set, code }) => {
  async function scene() {
    const made = await pair();
    const { world, key } = made;
    await connected(world, operator1, { name: 'B' });
    const before = structuredClone({ sessions: world.sessions(), robot: world.robot() });
    const posted = world.gateway.posted.length;
    set(world);
    expect(await codeOfHello(world, key)).toBe(code);
    // What was said of the robot meanwhile was said to `B`, so it is said again; and nothing else.
    const { sessionId } = made;
    expect(world.gateway.posted.slice(posted)).toEqual([
      { to: 'A', message: { type: 'peerBack', sessionId, received: 0 } },
    ]);
    return { ...made, before };
  }

  it('which has its sessions and its control as before, and hears that its robot is there', async () => {
    const { world, before } = await scene();
    expect(world.robot()).toEqual(before.robot);
    const rows = before.sessions.map((row) => ({ ...row, clientEpoch: expect.any(Number) }));
    expect(world.sessions()).toEqual(rows);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
    expect(world.gateway.closed).toEqual([]);
    expect(world.noted('client_given_back')).toEqual([
      { type: 'client_given_back', connectionId: 'B', clientId: 'client-1' },
    ]);
    expect(world.noted('welcomed').map(({ connectionId }) => connectionId)).toEqual(['robot', 'A']);
  });

  it('and goes on: signals both ways, a further session, a refresh', async () => {
    const { world, sessionId } = await scene();
    granted(await send(world, a, signalOf(sessionId)));
    granted(await send(world, robot, signalOf(sessionId)));
    expect(sent(world, a, 'signal')).toHaveLength(1);
    await opened(world, a, { mode: 'view' });
    granted(await refresh(world, a, world.tokens.issue(operator1)));
    const tokenExpiresAt = world.clock.at + world.policy.tokenMs;
    expect(world.session(sessionId)).toMatchObject({ socket: { tokenExpiresAt } });
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('and the one that tried counts as one without hello, which may try again', async () => {
    const { world, sessionId, key } = await scene();
    expect(world.connection(b)).toMatchObject({ state: 'connected' });
    expect(world.connection(b)).not.toHaveProperty('client');
    granted(await hello(world, b, { resume: key }));
    expect(world.session(sessionId)).toMatchObject({ socket: b });
    expect(world.gateway.closed).toEqual(['A']);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('and its end changes nothing', async () => {
    const { world, before } = await scene();
    await lose(world, b);
    expect(world.robot()).toEqual(before.robot);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('whose key is as good as before, and the one of the lost welcome is not', async () => {
    const { world, sessionId, key } = await scene();
    await lose(world, a);
    await back(world, { name: 'C', resume: key });
    expect(sent(world, c, 'welcome')).toMatchObject([{ resumed: true, sessions: [{ sessionId }] }]);
  });

  it('whose sessions are suspended when it is lost after that, and end with the window', async () => {
    const { world, sessionId } = await scene();
    await lose(world, a);
    const resumeEndsAt = world.clock.at + world.policy.resumeWindowMs;
    expect(world.session(sessionId)).toMatchObject({ resumeEndsAt });
    expect(sent(world, robot, 'peerAway')).toEqual([{ type: 'peerAway', sessionId, resumeEndsAt }]);
    await cleanUpUntil(world, resumeEndsAt);
    expect(world.sessions()).toEqual([]);
    expect(world.state.clients.size).toBe(0);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
  });

  it('which is welcomed with its sessions when it says hello again', async () => {
    const { world, sessionId } = await scene();
    granted(await hello(world, a));
    expect(sent(world, a, 'welcome').at(-1)?.sessions).toMatchObject([{ sessionId, mode: 'control' }]);
  });
});

describe.each(failures)('a welcome that $what leaves a client that was away as it was', ({ set, code }) => {
  async function scene() {
    const made = await pair();
    const { world, key } = made;
    await lose(world, a);
    const resumeEndsAt = world.clock.at + world.policy.resumeWindowMs;
    world.pass(world.policy.resumeWindowMs / 2);
    await connected(world, operator1, { name: 'B' });
    const before = structuredClone({ sessions: world.sessions(), robot: world.robot() });
    const posted = world.gateway.posted.length;
    set(world);
    expect(await codeOfHello(world, key)).toBe(code);
    // Who told the robot of its loss may have found it back for a moment, and said so.
    const again = { type: 'peerAway', sessionId: made.sessionId, resumeEndsAt };
    expect(world.gateway.posted.slice(posted)).toEqual([{ to: 'robot', message: again }]);
    return { ...made, before, resumeEndsAt };
  }

  it('its sessions wait until their old window ends, in control, and the robot is told the same again', async () => {
    const { world, before, resumeEndsAt, sessionId } = await scene();
    expect(world.robot()).toEqual(before.robot);
    const rows = before.sessions.map((row) => ({ ...row, clientEpoch: expect.any(Number) }));
    expect(world.sessions()).toEqual(rows);
    expect(world.session(sessionId)).toMatchObject({ resumeEndsAt, nextDeadlineAt: resumeEndsAt });
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('it may come back by the same key until then', async () => {
    const { world, key, sessionId, resumeEndsAt } = await scene();
    await lose(world, b);
    world.clock.at = resumeEndsAt - 1;
    await back(world, { name: 'C', resume: key });
    expect(sent(world, c, 'welcome')).toMatchObject([{ resumed: true, sessions: [{ sessionId }] }]);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('and nothing of it stays after that, whether the one that tried is still there or not', async () => {
    for (const isThere of [true, false]) {
      const { world, resumeEndsAt, key } = await scene();
      if (!isThere) await lose(world, b);
      await cleanUpUntil(world, resumeEndsAt);
      expect(world.sessions()).toEqual([]);
      expect(world.state.clients.size).toBe(0);
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
      await back(world, { name: 'C', resume: key });
      expect(sent(world, c, 'welcome')).toMatchObject([{ resumed: false, sessions: [] }]);
    }
  });

  it('the end of the one that tried does not begin its window anew', async () => {
    const { world, resumeEndsAt, sessionId } = await scene();
    await lose(world, b);
    expect(world.session(sessionId)).toMatchObject({ resumeEndsAt });
    expect(sent(world, robot, 'peerAway').map((message) => message.resumeEndsAt)).toEqual([
      resumeEndsAt,
      resumeEndsAt,
    ]);
  });
});

describe.each([true, false])('a call of hello that fails before welcome (away: %s)', (isAway) => {
  it('leaves the client where it was, whichever it is', async () => {
    const wrong = await failedAtEachStep({
      scene: async () => {
        const made = await pair();
        if (isAway) await lose(made.world, a);
        await connected(made.world, operator1, { name: 'B' });
        return { ...made, before: structuredClone(made.world.session(made.sessionId)) };
      },
      action: ({ world, key }) => hello(world, b, { resume: key }),
      judge: ({ world, sessionId, before }, { outcome }) => {
        if (sent(world, b, 'welcome').length > 0) return;
        expect(outcome.status).toBe('rejected');
        const { clientEpoch: _, ...rest } = before ?? {};
        expect(world.session(sessionId)).toMatchObject(rest);
        expect(world.session(sessionId)?.socket).toEqual(before?.socket);
        expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
        expect([...disorder(world), ...misinformed(world)]).toEqual([]);
        expect(world.gateway.closed).toEqual([]);
      },
    });
    expect(wrong).toEqual([]);
  });
});

it('a new client whose welcome finds nobody leaves nothing once it has gone', async () => {
  const { world } = await pair();
  await connected(world, operator1, { name: 'B' });
  world.gateway.drop(b);
  await hello(world, b);
  await lose(world, b);
  expect([...world.state.clients.keys()]).toEqual(['client-1']);
});

it('another tab of the same person is not touched by what is given back', async () => {
  const { world, key } = await pair();
  const tab = await welcomed(world, operator1, { name: 'tab' });
  const { sessionId } = await opened(world, tab, { mode: 'view' });
  const before = world.session(sessionId);
  await connected(world, operator1, { name: 'B' });
  world.gateway.goneOnce(b);
  await hello(world, b, { resume: key });
  expect(world.session(sessionId)).toEqual(before);
});
