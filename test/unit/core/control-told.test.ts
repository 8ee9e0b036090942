import { describe, expect, it } from 'vitest';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disorder } from './support/at-rest.ts';
import {
  cleanUpUntil,
  codeOf,
  connected,
  granted,
  hello,
  sent,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import {
  believedBy,
  type Crew,
  controlOf,
  crew,
  grant,
  release,
  request,
  robot,
  socketOf,
} from './support/controlling.ts';
import { failedAtEachStep, killedAtEachStep, overtakenAtEachStep } from './support/interruption.ts';
import { operator2, rover1, roverId } from './support/people.ts';
import { back, lose, robotBack } from './support/returning.ts';

type Act = (team: Crew) => Promise<unknown>;

const asks: Act = (team) => request(team, 'second');
const forces: Act = (team) => request(team, 'admin', { force: true });
const gives: Act = (team) => grant(team, 'operator', team.sessions.second);
const releases: Act = (team) => release(team, 'operator');
const closes: Act = ({ world, sessions }) =>
  closeSession(world.deps, {
    caller: socketOf('operator'),
    robotId: roverId,
    sessionId: sessions.operator,
    reason: 'closed',
  });

/** The robot knows the last change, and who only looks on knows who has control. */
function expectKnown({ world, sessions }: Crew, holder: 'operator' | undefined) {
  expect(disorder(world)).toEqual([]);
  const control = controlOf(world);
  const byRobot = believedBy(world, robot);
  if (byRobot !== undefined) expect(byRobot).toEqual(control);
  const byViewer = believedBy(world, socketOf('viewer'));
  const knownToViewer = byViewer === undefined ? holder && sessions[holder] : byViewer.controller;
  expect(knownToViewer).toBe(control.controller);
}

const all = [
  { what: 'asked for', holder: undefined, change: asks },
  { what: 'taken by force', holder: 'operator', change: forces },
  { what: 'handed over', holder: 'operator', change: gives },
  { what: 'released', holder: 'operator', change: releases },
] as const;

describe.each(all)('I7: control that is $what', ({ holder, change }) => {
  const made = () => crew(holder === undefined ? {} : { holder });

  it('and of which any one answer is lost: who looks on and the robot know who has it', async () => {
    const wrong = await failedAtEachStep(
      {
        scene: made,
        action: change,
        judge: async (team, { step, outcome }) => {
          // Who is answered nothing asks again.
          if (change === releases && outcome.status === 'rejected') await change(team);
          // A list that cannot be read fails nothing: the robot knows.
          if (step === 'sessions.listByRobot') expect(believedBy(team.world, robot)).toBeDefined();
          else expectKnown(team, holder);
        },
      },
      'after',
    );
    expect(wrong).toEqual([]);
  });

  it('costs few calls', async () => {
    const team = await made();
    team.world.tap.forget();
    await change(team);
    const posts = team.world.tap.calls.filter((call) => call.startsWith('post '));
    const others = team.world.tap.calls.filter((call) => !call.startsWith('post '));
    expect(posts).toHaveLength(4);
    // Three that say who asks, the write, the list, who watches and a last look; for a change that must stand the
    // session, its connection and the confirmation; for one to another the same two before.
    const more = change === releases ? 0 : change === gives ? 5 : 3;
    expect(others).toHaveLength(7 + more);
  });
});

const races = [
  { what: 'taken by force and handed over', one: forces, other: gives },
  { what: 'taken by force and released', one: forces, other: releases },
  { what: 'handed over and released', one: gives, other: releases },
  { what: 'taken by force, and its session closed', one: forces, other: closes },
  { what: 'handed over, and its session closed', one: gives, other: closes },
];

describe.each(races)('I7: control that is $what at once', ({ one, other }) => {
  it.each([
    { can: 'can', times: 0 },
    { can: 'once cannot', times: 1 },
  ])('is known to who looks on, when the robot $can be told', async ({ times }) => {
    const wrong: string[] = [];
    for (const [action, by] of [
      [one, other],
      [other, one],
    ] as const) {
      const found = await overtakenAtEachStep({
        scene: async () => {
          const team = await crew({ holder: 'operator' });
          if (times > 0) team.world.tap.fail('post controlChanged to robot', { times });
          return team;
        },
        action,
        by: async (team) => {
          await by(team).catch(() => {});
        },
        judge: (team) => expectKnown(team, 'operator'),
      });
      wrong.push(...found);
    }
    expect(wrong).toEqual([]);
  });
});

it('I7: the word that arrives last is the newest, though an older one was late', async () => {
  const team = await crew({ holder: 'operator' });
  const { world, sessions } = team;
  const late = world.tap.hold('post controlChanged to viewer');
  const releasing = releases(team);
  await late.reachedBy(releasing);
  granted(await request(team, 'second'));
  late.release();
  await releasing;
  expect(sent(world, socketOf('viewer'), 'controlChanged').at(-1)).toMatchObject({
    sessionId: sessions.second,
  });
});

describe('I7: control with a session that is no more', () => {
  /** Whoever ended the session died in the middle of it. */
  async function left() {
    const team = await crew({ holder: 'operator' });
    const { world } = team;
    await closes(team);
    const row = world.robot();
    if (row === undefined) throw new Error('no robot');
    world.state.robots.set(roverId, { ...row, controllerSessionId: team.sessions.operator });
    return team;
  }

  it('may be had by who asks for it', async () => {
    const team = await left();
    expect(granted(await request(team, 'second'))).toMatchObject({ sessionId: team.sessions.second });
    expect(believedBy(team.world, robot)).toEqual(controlOf(team.world));
    expect(disorder(team.world)).toEqual([]);
  });
});

it('I7: control that is given to a session whose window has just ended does not stay with it', async () => {
  const team = await crew({ holder: 'operator' });
  const { world } = team;
  await lose(world, socketOf('second'));
  const deleting = world.tap.hold('sessions.removeIfDue');
  const cleaning = cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
  await deleting.reachedBy(cleaning);
  // It is given as if the client were still there: it was when it was asked.
  await world.deps.robots.passControl(roverId, { from: team.sessions.operator, to: team.sessions.second });
  deleting.release();
  await cleaning;
  expect(disorder(world)).toEqual([]);
  expect(believedBy(world, robot)).toEqual(controlOf(world));
});

describe('I7: a robot that has moved meanwhile', () => {
  it('is told at its new connection, and the change stands', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    const posting = world.tap.hold('post controlChanged to robot');
    const forcing = request(team, 'admin', { force: true });
    await posting.reachedBy(forcing);
    const again = await robotBack(world);
    posting.release();
    expect(granted(await forcing)).toMatchObject({ sessionId: sessions.admin });
    expect(believedBy(world, again)).toEqual(controlOf(world));
  });
});

describe('releaseControl', () => {
  it('I7: that was killed, and asked for again: the robot knows that nobody has control', async () => {
    const wrong = await killedAtEachStep({
      scene: () => crew({ holder: 'operator' }),
      action: releases,
      judge: async (team) => {
        await releases(team);
        expect(controlOf(team.world)).toEqual({ controller: undefined, leaseEpoch: 2 });
        expect(believedBy(team.world, robot)).toEqual(controlOf(team.world));
      },
    });
    expect(wrong).toEqual([]);
  });

  it('that was sent twice, the first answer lost, is a success', async () => {
    const team = await crew({ holder: 'operator' });
    const { world } = team;
    const dropping = world.tap.hold('robots.dropControl');
    const releasing = release(team, 'operator');
    await dropping.reachedBy(releasing);
    await world.deps.robots.dropControl(roverId, team.sessions.operator);
    dropping.release();
    expect(granted(await releasing)).toMatchObject({ sessionId: null, leaseEpoch: 2 });
    expect(believedBy(world, robot)).toEqual(controlOf(world));
  });
});

describe('I7: control that is pending', () => {
  /** Begun by somebody who died before the robot was told. */
  async function pending() {
    const team = await crew({ holder: 'operator' });
    const { operator: from, second: to } = team.sessions;
    await team.world.deps.robots.passControl(roverId, { from, to });
    return team;
  }

  it('is finished by the grant that is asked for again, and told to all', async () => {
    const team = await pending();
    const { world, sessions } = team;
    expect(granted(await grant(team, 'operator', sessions.second))).toMatchObject({
      sessionId: sessions.second,
      leaseEpoch: 2,
    });
    expect(world.robot()).not.toHaveProperty('controlUnconfirmed');
    expectKnown(team, 'operator');
  });

  it('stays pending while the robot is away, and is finished when it is asked for again', async () => {
    const team = await pending();
    const { world } = team;
    await lose(world, robot);
    expect(codeOf(await request(team, 'second'))).toBe('peer_away');
    expect(world.robot()).toMatchObject({ controlUnconfirmed: true, leaseEpoch: 2 });
    const again = await robotBack(world);
    granted(await request(team, 'second'));
    expect(believedBy(world, again)).toEqual(controlOf(world));
  });

  it('is not taken back once it was confirmed by another request for the same', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    const posting = world.tap.hold('post controlChanged to robot');
    const first = request(team, 'admin', { force: true });
    await posting.reachedBy(first);
    const second = granted(await request(team, 'admin', { force: true }));
    world.tap.fail('post controlChanged to robot');
    posting.release();
    await expect(first).rejects.toThrow('unavailable');
    expect(controlOf(world)).toEqual({ controller: sessions.admin, leaseEpoch: second.leaseEpoch });
    expectKnown(team, 'operator');
  });

  it('does not come back to who has become a viewer in the meantime', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    const posting = world.tap.hold('post controlChanged to robot');
    const forcing = forces(team).catch(() => {});
    await posting.reachedBy(forcing);
    const row = world.connection(socketOf('operator'));
    if (row === undefined) throw new Error('no connection');
    const identity = { ...row.identity, groups: ['viewers', 'fleet:demo'] };
    world.state.connections.set(row.connectionId, { ...row, identity });
    world.tap.fail('post controlChanged to robot');
    posting.release();
    await forcing;
    expect(controlOf(world)).toEqual({ controller: undefined, leaseEpoch: 4 });
    expect(world.session(sessions.operator)).toBeDefined();
    expectKnown(team, 'operator');
  });
});

it('who comes back as an operator keeps control', async () => {
  const team = await crew();
  const { world, sessions } = team;
  granted(await request(team, 'second'));
  const key = sent(world, socketOf('second'), 'welcome')[0]?.resumeKey;
  await lose(world, socketOf('second'));
  await back(world, { ...(key !== undefined && { resume: key }), as: operator2 });
  await welcomed(world, operator2, { name: 'other tab' });
  expect(controlOf(world)).toEqual({ controller: sessions.second, leaseEpoch: 1 });
});

it.each([false, true])(
  'I7: control that changes while a robot is being welcomed, and a peer cannot be told (%s): the robot hears of it after its welcome',
  async (fails) => {
    const team = await crew({ holder: 'operator' });
    const { world } = team;
    await lose(world, socketNamed('robot'));
    const socket = await connected(world, rover1, { name: 'robot-2' });
    const hold = world.tap.hold('post welcome to robot-2');
    const saying = hello(world, socket, { resume: true });
    await hold.reachedBy(saying);
    granted(await request(team, 'admin', { force: true }));
    if (fails) world.tap.fail('post peerBack to viewer');
    hold.release();
    expect((await saying).ok).toBe(!fails);
    const heard = world.gateway.to(socket).map(({ type }) => type);
    const after = world.gateway.to(socket).slice(heard.indexOf('welcome'));
    expect(after).toContainEqual(expect.objectContaining({ type: 'controlChanged', leaseEpoch: 2 }));
  },
);
