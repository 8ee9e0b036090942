import { describe, expect, it } from 'vitest';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { grantControl, requestControl } from '../../../functions/core/use-cases/change-control.ts';
import { sessionId as parseId } from '../../../protocol/ids.ts';
import { disorder } from './support/at-rest.ts';
import { cleanUpUntil, codeOf, granted, keyOf, opened, sent, welcomed } from './support/cast.ts';
import {
  controlOf,
  crew,
  grant,
  heardSince,
  type Name,
  names,
  release,
  request,
  robot,
  socketOf,
} from './support/controlling.ts';
import { operator2, rover2, roverId, user } from './support/people.ts';
import { back, lose, robotBack } from './support/returning.ts';

const toWhom: readonly { to: Exclude<Name, 'operator'>; result: string }[] = [
  { to: 'second', result: 'given' },
  { to: 'admin', result: 'given' },
  { to: 'viewer', result: 'forbidden' },
];

describe('grantControl by who holds it', () => {
  it.each(toWhom)('to $to is $result', async ({ to, result }) => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    const outcome = await grant(team, 'operator', sessions[to]);
    const message = { type: 'controlChanged', robotId: roverId, sessionId: sessions[to], leaseEpoch: 2 };
    if (result === 'given') {
      expect(granted(outcome)).toEqual({ robotId: roverId, sessionId: sessions[to], leaseEpoch: 2 });
      expect(controlOf(world)).toEqual({ controller: sessions[to], leaseEpoch: 2 });
      const heard = heardSince(team);
      expect(heard[0]).toEqual({ to: 'robot', message });
      expect(heard.map((each) => each.to).sort()).toEqual(['admin', 'robot', 'second', 'viewer']);
      expect(new Set(heard.map((each) => JSON.stringify(each.message))).size).toBe(1);
    } else {
      expect(codeOf(outcome)).toBe(result);
      expect(controlOf(world)).toEqual({ controller: sessions.operator, leaseEpoch: 1 });
      expect(heardSince(team)).toEqual([]);
    }
  });

  it('to a session that is none, or with another robot: session_unknown', async () => {
    const team = await crew({ holder: 'operator' });
    const { world } = team;
    await welcomed(world, rover2, { name: 'other' });
    const second = [...world.state.robots.keys()][1] ?? roverId;
    const elsewhere = await opened(world, socketOf('second'), { robotId: second, mode: 'view' });
    for (const to of [parseId.parse('made-up'), elsewhere.sessionId]) {
      expect(codeOf(await grant(team, 'operator', to))).toBe('session_unknown');
    }
    expect(controlOf(world)).toEqual({ controller: team.sessions.operator, leaseEpoch: 1 });
    expect(world.robot(second)).toMatchObject({ leaseEpoch: 0 });
  });

  it('to a client that is away: peer_away, and it is kept; when that is back, it is given', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    await lose(world, socketOf('second'));
    expect(codeOf(await grant(team, 'operator', sessions.second))).toBe('peer_away');
    expect(controlOf(world)).toEqual({ controller: sessions.operator, leaseEpoch: 1 });
    const key = keyOf(world, socketOf('second'));
    const again = await back(world, { name: 'second-2', as: operator2, resume: key });
    expect(granted(await grant(team, 'operator', sessions.second))).toMatchObject({ leaseEpoch: 2 });
    expect(sent(world, again, 'controlChanged')).toMatchObject([{ sessionId: sessions.second }]);
  });

  it('to one who has left the fleet since: forbidden', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    const row = world.connection(socketOf('second'));
    if (row === undefined) throw new Error('no connection');
    const identity = { ...row.identity, groups: ['operators', 'fleet:other'] };
    world.state.connections.set(row.connectionId, { ...row, identity });
    expect(codeOf(await grant(team, 'operator', sessions.second))).toBe('forbidden');
    expect(controlOf(world)).toEqual({ controller: sessions.operator, leaseEpoch: 1 });
  });

  it('to itself leaves it there', async () => {
    const team = await crew({ holder: 'operator' });
    expect(granted(await grant(team, 'operator', team.sessions.operator))).toMatchObject({
      sessionId: team.sessions.operator,
    });
    expect(controlOf(team.world).controller).toBe(team.sessions.operator);
  });
});

describe('grantControl by who does not hold it', () => {
  it.each(['second', 'viewer', 'admin'] as const)(
    '%s: control_held, whether it is held or free',
    async (who) => {
      for (const holder of ['operator', undefined] as const) {
        const team = await crew(holder === undefined ? {} : { holder });
        const before = controlOf(team.world);
        expect(codeOf(await grant(team, who, team.sessions[who]))).toBe('control_held');
        expect(controlOf(team.world)).toEqual(before);
        expect(heardSince(team)).toEqual([]);
      }
    },
  );

  it('which has it already: control_held to who gave it away', async () => {
    const team = await crew({ holder: 'operator' });
    granted(await grant(team, 'operator', team.sessions.second));
    expect(codeOf(await grant(team, 'operator', team.sessions.second))).toBe('control_held');
    expect(controlOf(team.world)).toEqual({ controller: team.sessions.second, leaseEpoch: 2 });
  });

  it('while it is being given to another: control_held', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    await world.deps.robots.passControl(roverId, { from: sessions.operator, to: sessions.admin });
    expect(codeOf(await grant(team, 'operator', sessions.second))).toBe('control_held');
    expect(world.robot()).toMatchObject({ controllerSessionId: sessions.admin, controlUnconfirmed: true });
  });

  it('by the session of another: session_unknown', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    const input = { caller: socketOf('second'), robotId: roverId, sessionId: sessions.operator };
    expect(codeOf(await grantControl(world.deps, { ...input, to: sessions.second }))).toBe('session_unknown');
    expect(controlOf(world)).toEqual({ controller: sessions.operator, leaseEpoch: 1 });
  });

  it('after it was given away: control_held', async () => {
    const team = await crew({ holder: 'operator' });
    await grant(team, 'operator', team.sessions.second);
    expect(codeOf(await grant(team, 'operator', team.sessions.admin))).toBe('control_held');
    expect(controlOf(team.world)).toEqual({ controller: team.sessions.second, leaseEpoch: 2 });
  });
});

describe('releaseControl', () => {
  it('frees it and tells robot and the others once each; the session goes on', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    const free = { robotId: roverId, sessionId: null, leaseEpoch: 2 };
    expect(granted(await release(team, 'operator'))).toEqual(free);
    expect(controlOf(world)).toEqual({ controller: undefined, leaseEpoch: 2 });
    const heard = heardSince(team);
    expect(heard.map((each) => each.to).sort()).toEqual(['admin', 'robot', 'second', 'viewer']);
    for (const { message } of heard) expect(message).toEqual({ type: 'controlChanged', ...free });
    expect(world.session(sessions.operator)).toBeDefined();
    expect(world.noted('control_changed')).toEqual([
      { type: 'control_changed', robotId: roverId, leaseEpoch: 2 },
    ]);
  });

  it.each(names.filter((name) => name !== 'operator'))(
    'by %s, who does not hold it: control_held',
    async (who) => {
      const team = await crew({ holder: 'operator' });
      expect(codeOf(await release(team, who))).toBe('control_held');
      expect(codeOf(await release(team, who, 'operator'))).toBe('session_unknown');
      expect(controlOf(team.world)).toEqual({ controller: team.sessions.operator, leaseEpoch: 1 });
      expect(heardSince(team)).toEqual([]);
    },
  );

  it('twice: control_held the second time', async () => {
    const team = await crew({ holder: 'operator' });
    await release(team, 'operator');
    expect(codeOf(await release(team, 'operator'))).toBe('control_held');
    expect(controlOf(team.world)).toEqual({ controller: undefined, leaseEpoch: 2 });
  });

  it('I7: works though the robot cannot be told, is gone, or is away: nobody obeys less than is safe', async () => {
    for (const lost of ['unavailable', 'gone', 'away'] as const) {
      const team = await crew({ holder: 'operator' });
      if (lost === 'unavailable') team.world.tap.fail('post controlChanged to robot');
      if (lost === 'gone') team.world.gateway.drop(robot);
      if (lost === 'away') await lose(team.world, robot);
      expect(granted(await release(team, 'operator'))).toMatchObject({ sessionId: null });
      expect(controlOf(team.world)).toEqual({ controller: undefined, leaseEpoch: 2 });
    }
  });
});

describe('I7: control that was handed over', () => {
  it('survives the return of its holder and of the robot, and is named in both welcomes', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    await grant(team, 'operator', sessions.second);
    const key = keyOf(world, socketOf('second'));
    await lose(world, socketOf('second'));
    await lose(world, robot);
    const again = await back(world, { name: 'second-2', as: operator2, resume: key });
    const robot2 = await robotBack(world);
    expect(controlOf(world)).toEqual({ controller: sessions.second, leaseEpoch: 2 });
    for (const socket of [again, robot2]) {
      const entries = sent(world, socket, 'welcome')[0]?.sessions ?? [];
      expect(entries.filter(({ mode }) => mode === 'control').map(({ sessionId }) => sessionId)).toEqual([
        sessions.second,
      ]);
    }
  });

  it('falls when its holder’s window ends, told to robot and the others; the one before does not get it back', async () => {
    const team = await crew({ holder: 'operator' });
    const { world } = team;
    await grant(team, 'operator', team.sessions.second);
    await lose(world, socketOf('second'));
    await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
    expect(controlOf(world)).toEqual({ controller: undefined, leaseEpoch: 3 });
    for (const name of ['operator', 'viewer', 'admin'] as const) {
      expect(sent(world, socketOf(name), 'controlChanged').at(-1)).toMatchObject({
        sessionId: null,
        leaseEpoch: 3,
      });
    }
    expect(disorder(world)).toEqual([]);
  });

  it('falls with its session, and may be had by the next', async () => {
    const team = await crew({ holder: 'operator' });
    await bye(team.world.deps, { caller: socketOf('operator'), signOut: false });
    expect(controlOf(team.world)).toEqual({ controller: undefined, leaseEpoch: 2 });
    expect(granted(await request(team, 'second'))).toMatchObject({ leaseEpoch: 3 });
  });

  it('passes through many hands: leaseEpoch only rises, and one session holds it', async () => {
    const team = await crew();
    const { world, sessions } = team;
    await request(team, 'operator');
    await grant(team, 'operator', sessions.second);
    await request(team, 'admin', { force: true });
    await release(team, 'admin');
    await request(team, 'second');
    const told = sent(world, robot, 'controlChanged');
    expect(told.map(({ sessionId }) => sessionId)).toEqual([
      sessions.operator,
      sessions.second,
      sessions.admin,
      null,
      sessions.second,
    ]);
    expect(told.map(({ leaseEpoch }) => leaseEpoch)).toEqual([1, 2, 3, 4, 5]);
  });
});

it('an admin who is an operator of a fleet as well may force', async () => {
  const { world } = await crew({ holder: 'operator' });
  const caller = await welcomed(world, user('both', 'operators', 'fleet:demo', 'admins'));
  const { sessionId } = await opened(world, caller, { mode: 'view' });
  const asked = { caller, robotId: roverId, sessionId, force: true };
  expect(granted(await requestControl(world.deps, asked))).toMatchObject({ sessionId, leaseEpoch: 2 });
});
