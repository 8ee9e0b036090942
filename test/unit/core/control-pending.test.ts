import { describe, expect, it } from 'vitest';
import { codeOf, granted } from './support/cast.ts';
import {
  believedBy,
  type Crew,
  controlOf,
  crew,
  grant,
  heardSince,
  names,
  request,
  robot,
  socketOf,
} from './support/controlling.ts';
import { failedAtEachStep, killedAtEachStep } from './support/interruption.ts';
import { roverId } from './support/people.ts';
import { lose, robotBack } from './support/returning.ts';

/** Each way by which control goes to another. */
const changes = [
  {
    what: 'asked for while it is free',
    holder: undefined,
    to: 'second',
    run: (team: Crew) => request(team, 'second'),
  },
  {
    what: 'taken by force',
    holder: 'operator',
    to: 'admin',
    run: (team: Crew) => request(team, 'admin', { force: true }),
  },
  {
    what: 'handed over',
    holder: 'operator',
    to: 'second',
    run: (team: Crew) => grant(team, 'operator', team.sessions.second),
  },
] as const;

/** How the robot cannot be told. */
const obstacles: readonly { what: string; set: (team: Crew) => unknown; code: string }[] = [
  { what: 'is gone (410)', set: ({ world }) => world.gateway.drop(robot), code: 'peer_away' },
  {
    what: 'cannot be told',
    // Neither of the change nor of its taking back.
    set: ({ world }) => world.tap.fail('post controlChanged to robot', { times: 2 }),
    code: 'thrown',
  },
  { what: 'is away', set: ({ world }) => lose(world, robot), code: 'peer_away' },
  {
    what: 'has a token that ran out',
    set: ({ world }) => {
      const row = world.connection(robot);
      const own = world.robot();
      if (row === undefined || own?.socket === undefined) throw new Error('no robot');
      const expiresAt = world.clock.at;
      world.state.connections.set(row.connectionId, { ...row, token: { ...row.token, expiresAt } });
      world.state.robots.set(roverId, { ...own, socket: { ...own.socket, tokenExpiresAt: expiresAt } });
    },
    code: 'peer_away',
  },
];

describe.each(changes)('I7: control that is $what', ({ holder, to, run }) => {
  const made = () => crew(holder === undefined ? {} : { holder });
  const codeOfRun = (team: Crew) => run(team).then(codeOf, () => 'thrown');

  it.each(obstacles)('stays with the one before when the robot $what', async ({ set, code }) => {
    const team = await made();
    const { world, sessions, leaseEpoch } = team;
    await set(team);
    const posted = world.gateway.posted.length;
    expect(await codeOfRun(team)).toBe(code);
    const after = controlOf(world);
    expect(after.controller).toBe(holder && sessions[holder]);
    expect(after.leaseEpoch).toBeGreaterThanOrEqual(leaseEpoch);
    expect(world.gateway.posted.length).toBe(posted);
    expect(world.noted('control_changed')).toEqual([]);
  });

  it('is pending until the robot was told: what it is told bears a leaseEpoch that was never given before', async () => {
    const team = await made();
    const { world, sessions } = team;
    world.tap.fail('post controlChanged to robot');
    await codeOfRun(team);
    const failed = controlOf(world).leaseEpoch ?? 0;
    expect(granted(await run(team))).toMatchObject({ sessionId: sessions[to], leaseEpoch: failed + 1 });
    expect(believedBy(world, robot)).toEqual(controlOf(world));
    expect(failed).toBe(team.leaseEpoch + 2);
  });

  it('can be had when the robot is back', async () => {
    const team = await made();
    await lose(team.world, robot);
    expect(await codeOfRun(team)).toBe('peer_away');
    const again = await robotBack(team.world);
    granted(await run(team));
    expect(believedBy(team.world, again)).toEqual(controlOf(team.world));
  });

  it('when the robot was told but the answer lost, it is not left to obey who has it no more', async () => {
    const team = await made();
    const { world, sessions } = team;
    world.tap.fail('post controlChanged to robot', { when: 'after' });
    expect(await codeOfRun(team)).toBe('thrown');
    expect(controlOf(world).controller).toBe(holder && sessions[holder]);
    expect(believedBy(world, robot)).toEqual(controlOf(world));
  });

  it('killed anywhere and asked for again, is what the robot was told', async () => {
    const wrong = await killedAtEachStep({
      scene: made,
      action: run,
      judge: async (team) => {
        const { world, sessions } = team;
        await codeOfRun(team);
        expect(controlOf(world).controller).toBe(sessions[to]);
        expect(believedBy(world, robot)).toEqual(controlOf(world));
      },
    });
    expect(wrong).toEqual([]);
  });

  it('killed anywhere, is with the one before or the one to be, and its epoch only rises', async () => {
    const wrong = await killedAtEachStep({
      scene: made,
      action: run,
      judge: ({ world, sessions, leaseEpoch }) => {
        const after = controlOf(world);
        expect([holder && sessions[holder], sessions[to]]).toContain(after.controller);
        expect(after.leaseEpoch).toBeGreaterThanOrEqual(leaseEpoch);
        expect(world.robot()).toMatchObject({ state: 'online', epoch: 1 });
      },
    });
    expect(wrong).toEqual([]);
  });

  it('of which any one call fails: the one before has it, or the one who was granted it', async () => {
    const wrong = await failedAtEachStep({
      scene: made,
      action: run,
      judge: ({ world, sessions, leaseEpoch }, { outcome }) => {
        const isGiven = outcome.status === 'fulfilled' && outcome.value.ok;
        const after = controlOf(world);
        expect(after.controller).toBe(isGiven ? sessions[to] : holder && sessions[holder]);
        expect(after.leaseEpoch).toBeGreaterThanOrEqual(leaseEpoch);
        if (isGiven) expect(believedBy(world, robot)).toEqual(after);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('that can neither be told nor taken back at once is not granted to who asks again, untold', async () => {
    const team = await made();
    const { world } = team;
    world.tap.fail('post controlChanged to robot');
    const held = world.tap.hold('post controlChanged to robot');
    const running = codeOfRun(team);
    await held.reachedBy(running);
    // From here on it is the taking back.
    world.tap.fail('robots.freeUnconfirmed');
    world.tap.fail('robots.passControl');
    held.release();
    expect(await running).toBe('thrown');
    const again = await request(team, to);
    if (again.ok) expect(believedBy(world, robot)).toEqual(controlOf(world));
  });
});

describe('I7: a change that the robot knows of', () => {
  it.each(names)('stands though %s cannot be told', async (name) => {
    const team = await crew();
    const asks = name === 'second' ? 'operator' : 'second';
    team.world.tap.fail(`post controlChanged to ${name}`);
    granted(await request(team, asks));
    expect(controlOf(team.world)).toEqual({ controller: team.sessions[asks], leaseEpoch: 1 });
    expect(heardSince(team).map(({ to }) => to)).not.toContain(name);
    expect(believedBy(team.world, robot)).toEqual(controlOf(team.world));
  });

  it('stands though the sessions cannot be listed', async () => {
    const team = await crew();
    team.world.tap.fail('sessions.listByRobot');
    granted(await request(team, 'second'));
    expect(believedBy(team.world, robot)).toEqual(controlOf(team.world));
    expect(believedBy(team.world, socketOf('viewer'))).toBeUndefined();
    expect(team.world.noted('dependency_unavailable')).toHaveLength(1);
  });
});
