import { describe, expect, it } from 'vitest';
import { connected, hello, open, sent } from './support/cast.ts';
import {
  believedBy,
  type Crew,
  controlOf,
  crew,
  names,
  release,
  request,
  robot,
  socketOf,
} from './support/controlling.ts';
import { meanwhile } from './support/interruption.ts';
import { rover1, roverId, viewer1 } from './support/people.ts';
import { lose, robot2, robotBack } from './support/returning.ts';
import { statesTold, watcher } from './support/watching.ts';

describe('I7: control that changes while the change before is announced, by somebody who dies before telling', () => {
  it('is told to all, also to those who knew of the one before', async () => {
    const team = await crew();
    const { world, sessions } = team;
    await meanwhile(world, {
      at: 'post controlChanged to viewer',
      action: () => request(team, 'second'),
      act: () => world.deps.robots.dropControl(roverId, sessions.second),
    });
    expect(controlOf(world)).toEqual({ controller: undefined, leaseEpoch: 2 });
    for (const socket of [robot, socketOf('second'), socketOf('viewer')])
      expect(believedBy(world, socket)).toEqual(controlOf(world));
  });

  it('is told to a robot that has moved where it is by then', async () => {
    const team = await crew({ holder: 'operator' });
    const { world } = team;
    await meanwhile(world, {
      at: 'post controlChanged to viewer',
      action: () => release(team, 'operator'),
      act: () => robotBack(world),
    });
    expect(believedBy(world, robot2)).toEqual(controlOf(world));
  });

  it('is not told to anybody while it is pending, though the change before is told a second time', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions, posted } = team;
    await meanwhile(world, {
      at: 'post controlChanged to viewer',
      action: () => release(team, 'operator'),
      act: () => world.deps.robots.takeControl(roverId, sessions.second),
    });
    expect(world.robot()).toMatchObject({ controllerSessionId: sessions.second, controlUnconfirmed: true });
    const told = world.gateway.posted.slice(posted).map(({ message }) => message);
    expect(told.every((message) => message.type !== 'controlChanged' || message.sessionId === null)).toBe(
      true,
    );
    expect(told).toHaveLength(4);
  });

  it('is not shown to who watches while it is pending', async () => {
    const team = await crew();
    const { world, sessions } = team;
    const watching = await watcher(world, viewer1, { name: 'watching' });
    const outcome = await meanwhile(world, {
      at: 'robots.confirmControl',
      action: () => request(team, 'second'),
      act: () => world.deps.robots.dropControl(roverId, sessions.second),
    });
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'unavailable' } });
    // Once that it is there and free, as it is by then; of what was pending not a word.
    expect(statesTold(world, watching)).toEqual(['online']);
    expect(sent(world, watching, 'robotStatus').at(-1)).not.toHaveProperty('controlledBy');
  });
});

describe('I7: control that changes while something else of the robot is told, by somebody who dies before telling', () => {
  it('is known to who watches it, when a session is opened in control at that moment', async () => {
    const team = await crew();
    const { world } = team;
    const watching = await watcher(world, viewer1, { name: 'watching' });
    await meanwhile(world, {
      at: 'post robotStatus to watching',
      action: () => open(world, socketOf('operator')),
      act: () =>
        world.deps.robots.dropControl(roverId, controlOf(world).controller ?? team.sessions.operator),
    });
    const told = sent(world, watching, 'robotStatus').map(({ controlledBy }) => controlledBy?.userName);
    expect(told).toEqual(['operator-1', undefined]);
  });

  it('is not told to its clients as if it had gone twice, when it is lost at that moment', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    await meanwhile(world, {
      at: 'post peerAway to viewer',
      action: () => lose(world, robot),
      act: () => world.deps.robots.dropControl(roverId, sessions.operator),
    });
    for (const name of names) expect(sent(world, socketOf(name), 'peerAway')).toHaveLength(1);
  });
});

describe('I7: control that changes while a robot is being welcomed, by somebody who dies before telling', () => {
  async function welcomedWhile(act: (team: Crew) => Promise<unknown>) {
    const team = await crew({ holder: 'operator' });
    const { world } = team;
    const posted = world.gateway.posted.length;
    await lose(world, robot);
    await connected(world, rover1, { name: 'robot-2' });
    const outcome = await meanwhile(world, {
      at: 'post welcome to robot-2',
      action: () => hello(world, robot2, { resume: true }),
      act: () => act(team),
    });
    expect(outcome).toMatchObject({ ok: true });
    const changes = world.gateway.posted
      .slice(posted)
      .filter(({ message }) => message.type === 'controlChanged');
    return { ...team, changes: changes.map(({ to }) => to) };
  }
  const passes = ({ world, sessions }: Crew) =>
    world.deps.robots.passControl(roverId, { from: sessions.operator, to: sessions.second });

  it('is told to the robot alone once it stands: a client hears of it from whoever asks again', async () => {
    const { world, changes } = await welcomedWhile(async (team) => {
      await passes(team);
      await team.world.deps.robots.confirmControl(roverId, team.sessions.second, 2);
    });
    expect(changes).toEqual(['robot-2']);
    expect(believedBy(world, robot2)).toEqual(controlOf(world));
  });

  it('is told to nobody while it is pending', async () => {
    const { changes } = await welcomedWhile(passes);
    expect(changes).toEqual([]);
  });
});
