import { describe, expect, it } from 'vitest';
import { codeOf, granted, open } from './support/cast.ts';
import {
  believedBy,
  type Crew,
  controlOf,
  crew,
  heardSince,
  release,
  request,
  robot,
  socketOf,
} from './support/controlling.ts';
import { meanwhile } from './support/interruption.ts';
import { roverId } from './support/people.ts';
import { lose } from './support/returning.ts';

describe('I7: control taken by force that was not told, and cannot be taken back since it stands', () => {
  /** The robot cannot be told by the first who asks; another has finished the same change, and died before announcing it. */
  async function scene(confirmed: (team: Crew) => unknown) {
    const team = await crew({ holder: 'operator' });
    const { world } = team;
    const outcome = await meanwhile(team.world, {
      at: 'post controlChanged to robot',
      action: () => request(team, 'admin', { force: true }),
      act: async () => {
        await confirmed(team);
        world.tap.fail('post controlChanged to robot');
      },
    });
    expect(outcome).toBe('thrown');
    return team;
  }
  const stands = ({ world, sessions }: Crew) => world.deps.robots.confirmControl(roverId, sessions.admin, 2);

  it('is announced to all but the robot, which whoever finished it has told', async () => {
    const team = await scene(stands);
    const { world, sessions } = team;
    expect(controlOf(world)).toEqual({ controller: sessions.admin, leaseEpoch: 2 });
    const told = heardSince(team).map(({ to }) => to);
    expect([...told].sort()).toEqual(['admin', 'operator', 'second', 'viewer']);
  });

  it('is left to whoever has it by now', async () => {
    const team = await scene(async (team) => {
      await stands(team);
      const { admin: from, second: to } = team.sessions;
      await team.world.deps.robots.passControl(roverId, { from, to });
      await team.world.deps.robots.confirmControl(roverId, to, 3);
    });
    expect(controlOf(team.world)).toEqual({ controller: team.sessions.second, leaseEpoch: 3 });
    expect(heardSince(team)).toEqual([]);
  });

  it('is left to whoever is about to give it again', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    const { admin, second } = sessions;
    const looking = world.tap.hold('robots.passControl again');
    const forcing = request(team, 'admin', { force: true }).catch(() => 'thrown');
    world.tap.fail('post controlChanged to robot');
    await looking.reachedBy(forcing);
    await stands(team);
    await world.deps.robots.passControl(roverId, { from: admin, to: second });
    looking.release();
    const reading = world.tap.hold('robots.get');
    await reading.reachedBy(forcing);
    await world.deps.robots.passControl(roverId, { from: second, to: admin });
    reading.release();
    expect(await forcing).toBe('thrown');
    expect(world.robot()).toMatchObject({ controllerSessionId: admin, controlUnconfirmed: true });
    expect(heardSince(team)).toEqual([]);
  });
});

describe('I7: control that would go back to a session which has ended', () => {
  /** The robot cannot be told of what an admin takes by force, and the session of before is no more. */
  async function scene() {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    const posting = world.tap.hold('post controlChanged to robot');
    const forcing = request(team, 'admin', { force: true });
    await posting.reachedBy(forcing);
    await world.deps.sessions.remove({ robotId: roverId, sessionId: sessions.operator }, 'anyConnection');
    world.tap.fail('post controlChanged to robot');
    return { ...team, forcing, posting };
  }
  const outage = { name: 'DependencyUnavailable' };

  it('is free, and all hear of it', async () => {
    const { world, forcing, posting } = await scene();
    posting.release();
    await expect(forcing).rejects.toMatchObject(outage);
    expect(controlOf(world)).toEqual({ controller: undefined, leaseEpoch: 4 });
    for (const socket of [robot, socketOf('viewer')])
      expect(believedBy(world, socket)).toEqual(controlOf(world));
  });

  it('is announced by whoever has freed it, and by nobody else', async () => {
    const { world, sessions, forcing, posting, posted } = await scene();
    const freeing = world.tap.hold('robots.dropControl');
    posting.release();
    await freeing.reachedBy(forcing);
    await world.deps.robots.dropControl(roverId, sessions.operator);
    freeing.release();
    await expect(forcing).rejects.toMatchObject(outage);
    expect(world.gateway.posted.slice(posted)).toEqual([]);
  });
});

describe('I7: a robot that is to be told of control', () => {
  const asks = (team: Crew) => request(team, 'second');
  const attempts = ({ world }: Crew) => world.tap.count('post controlChanged to robot');

  it('and is gone, on the connection that it still has: is tried once of each', async () => {
    const team = await crew();
    team.world.gateway.drop(robot);
    expect(codeOf(await asks(team))).toBe('peer_away');
    // Of the change, and of its taking back.
    expect(attempts(team)).toBe(2);
  });

  it('and is lost at that moment: it is away, and control stays free', async () => {
    const team = await crew();
    const { world } = team;
    const outcome = await meanwhile(team.world, {
      at: 'post controlChanged to robot',
      action: () => asks(team),
      act: () => lose(world, robot),
    });
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'peer_away' } });
    expect(attempts(team)).toBe(1);
    expect(controlOf(world).controller).toBeUndefined();
  });

  it('and has no token any more that is good: nothing is written', async () => {
    const team = await crew();
    const { world } = team;
    await lose(world, robot);
    const before = world.robot();
    expect(codeOf(await asks(team))).toBe('peer_away');
    expect(world.robot()).toEqual(before);
  });
});

describe('releaseControl', () => {
  it('of what is free by somebody who could not have had it tells nobody', async () => {
    const team = await crew();
    expect(codeOf(await release(team, 'viewer'))).toBe('control_held');
    expect(heardSince(team)).toEqual([]);
  });

  it('of what is free already tells the others again, and not who asks', async () => {
    const team = await crew();
    expect(codeOf(await release(team, 'second'))).toBe('control_held');
    const told = heardSince(team).map(({ to }) => to);
    expect([...told].sort()).toEqual(['admin', 'operator', 'robot', 'viewer']);
  });
});

describe('requestControl', () => {
  it('is given to a session whose client is lost at that moment: what it may is looked at when it is back', async () => {
    const team = await crew();
    const { world, sessions } = team;
    const outcome = await meanwhile(team.world, {
      at: 'sessions.get again',
      action: () => request(team, 'second'),
      act: () => lose(world, socketOf('second')),
    });
    expect(outcome).toMatchObject({ ok: true });
    expect(controlOf(world)).toEqual({ controller: sessions.second, leaseEpoch: 1 });
  });

  it('is held by who was only about to open, and has by now', async () => {
    const team = await crew();
    const { world, sessions } = team;
    const creating = world.tap.hold('sessions.create');
    const opening = open(world, socketOf('admin'));
    await creating.reachedBy(opening);
    const outcome = await meanwhile(team.world, {
      at: 'robots.freeUnconfirmed',
      action: () => request(team, 'second'),
      act: async () => {
        creating.release();
        granted(await opening);
      },
    });
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'control_held' } });
    const { controller } = controlOf(world);
    expect(Object.values(sessions)).not.toContain(controller);
    expect(world.sessions().map(({ sessionId }) => sessionId)).toContain(controller);
  });

  it('of what is held costs one look at its session', async () => {
    const team = await crew({ holder: 'operator' });
    team.world.tap.forget();
    expect(codeOf(await request(team, 'second'))).toBe('control_held');
    // Its own, and the one that holds it.
    expect(team.world.tap.count('sessions.get')).toBe(2);
  });

  it('of a session whose client is away is not for another: it is not known to it', async () => {
    const team = await crew();
    await lose(team.world, socketOf('viewer'));
    expect(codeOf(await request(team, 'second', { of: 'viewer' }))).toBe('session_unknown');
  });
});
