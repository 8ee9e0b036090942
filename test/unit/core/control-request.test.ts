import { describe, expect, it } from 'vitest';
import { requestControl } from '../../../functions/core/use-cases/change-control.ts';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { sessionId as parseId } from '../../../protocol/ids.ts';
import { codeOf, connected, granted, send, sent, signalOf, socketNamed, welcomed } from './support/cast.ts';
import {
  controlOf,
  crew,
  heardSince,
  type Name,
  names,
  request,
  robot,
  socketOf,
} from './support/controlling.ts';
import { operator1, operator9, rover2, roverId } from './support/people.ts';
import { lose } from './support/returning.ts';

/** What becomes of a request: by who asks, how, and who holds control. `self`: whoever asks. */
const table: readonly {
  who: Name;
  free: string;
  held: string;
  forcedFree: string;
  forcedHeld: string;
}[] = [
  { who: 'admin', free: 'given', held: 'control_held', forcedFree: 'given', forcedHeld: 'given' },
  { who: 'second', free: 'given', held: 'control_held', forcedFree: 'forbidden', forcedHeld: 'forbidden' },
  { who: 'viewer', free: 'forbidden', held: 'forbidden', forcedFree: 'forbidden', forcedHeld: 'forbidden' },
];
const cases = table.flatMap(({ who, free, held, forcedFree, forcedHeld }) => [
  { who, holder: undefined, force: false, result: free },
  { who, holder: 'operator' as const, force: false, result: held },
  { who, holder: undefined, force: true, result: forcedFree },
  { who, holder: 'operator' as const, force: true, result: forcedHeld },
]);

describe.each(cases)(
  'requestControl by $who, force: $force, held by $holder',
  ({ who, holder, force, result }) => {
    const made = () => crew(holder === undefined ? {} : { holder });

    it(`is ${result}`, async () => {
      const team = await made();
      const { world, sessions, leaseEpoch } = team;
      const outcome = await request(team, who, { force });
      if (result === 'given') {
        const changed = { robotId: roverId, sessionId: sessions[who], leaseEpoch: leaseEpoch + 1 };
        expect(outcome).toEqual({ ok: true, value: changed });
        expect(controlOf(world)).toEqual({ controller: sessions[who], leaseEpoch: leaseEpoch + 1 });
        expect(world.noted('control_changed')).toEqual([{ type: 'control_changed', ...changed }]);
      } else {
        expect(codeOf(outcome)).toBe(result);
        expect(controlOf(world)).toEqual({ controller: holder && sessions[holder], leaseEpoch });
        expect(world.noted('control_changed')).toEqual([]);
      }
    });

    it('is told: a change to the robot first, then to each other session once; a wish to robot and holder', async () => {
      const team = await made();
      const { world, sessions, leaseEpoch } = team;
      await request(team, who, { force });
      const heard = heardSince(team);
      if (result === 'given') {
        const message = {
          type: 'controlChanged',
          robotId: roverId,
          sessionId: sessions[who],
          leaseEpoch: leaseEpoch + 1,
        };
        expect(heard[0]).toEqual({ to: 'robot', message });
        expect(heard.slice(1).sort(byName)).toEqual(
          names
            .filter((name) => name !== who)
            .map((name) => ({ to: name as string, message }))
            .sort(byName),
        );
      } else if (result === 'control_held') {
        const clientId = world.connection(socketOf(who))?.client?.clientId;
        const message = { type: 'controlRequested', sessionId: sessions[who], clientId };
        expect([...heard].sort(byName)).toEqual([
          { to: holder, message },
          { to: 'robot', message },
        ]);
      } else {
        expect(heard).toEqual([]);
      }
    });
  },
);

function byName(one: { to: string }, other: { to: string }): number {
  return one.to < other.to ? -1 : 1;
}

describe('requestControl', () => {
  it('by who holds it says so, and changes and tells nothing', async () => {
    for (const force of [false, true]) {
      const team = await crew({ holder: 'admin' });
      const { world, sessions } = team;
      expect(granted(await request(team, 'admin', { force }))).toEqual({
        robotId: roverId,
        sessionId: sessions.admin,
        leaseEpoch: 1,
      });
      expect(controlOf(world)).toEqual({ controller: sessions.admin, leaseEpoch: 1 });
      expect(heardSince(team)).toEqual([]);
    }
  });

  it('of a session that is not the caller’s own, or not at all: session_unknown, in the same words', async () => {
    const team = await crew({ holder: 'operator' });
    const { world, sessions } = team;
    await welcomed(world, operator1, { name: 'tab' });
    await welcomed(world, operator9, { name: 'stranger' });
    const before = controlOf(world);
    const answers = await Promise.all(
      ['second', 'tab', 'stranger'].flatMap((name) =>
        [sessions.operator, parseId.parse('made-up')].map((sessionId) =>
          requestControl(world.deps, {
            caller: socketNamed(name),
            robotId: roverId,
            sessionId,
            force: false,
          }),
        ),
      ),
    );
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['session_unknown']));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(controlOf(world)).toEqual(before);
    expect(sent(world, robot, 'controlRequested')).toEqual([]);
  });

  it('with the id of the right session and the name of another robot: session_unknown', async () => {
    const { world, sessions } = await crew();
    await welcomed(world, rover2, { name: 'other' });
    const second = [...world.state.robots.keys()][1] ?? roverId;
    const asked = {
      caller: socketOf('operator'),
      robotId: second,
      sessionId: sessions.operator,
      force: false,
    };
    expect(codeOf(await requestControl(world.deps, asked))).toBe('session_unknown');
    expect(world.robot(second)).toMatchObject({ leaseEpoch: 0 });
  });

  it.each([
    { who: 'a robot', name: 'robot', code: 'forbidden' },
    { who: 'nobody', name: 'nobody', code: 'unauthenticated' },
    { who: 'one without hello', name: 'young', code: 'hello_required' },
  ])('by $who: $code', async ({ name, code }) => {
    const { world, sessions } = await crew();
    await connected(world, operator1, { name: 'young' });
    const asked = { caller: socketNamed(name), robotId: roverId, sessionId: sessions.operator, force: false };
    expect(codeOf(await requestControl(world.deps, asked))).toBe(code);
    expect(controlOf(world)).toEqual({ controller: undefined, leaseEpoch: 0 });
  });

  it('I1: from the end of the token on: token_expired', async () => {
    const team = await crew();
    team.world.pass(team.world.policy.tokenMs);
    expect(codeOf(await request(team, 'operator'))).toBe('token_expired');
    expect(controlOf(team.world)).toEqual({ controller: undefined, leaseEpoch: 0 });
  });

  it('tells the wish to who holds it though the robot cannot be told, and to the robot though the holder is away', async () => {
    const team = await crew({ holder: 'operator' });
    team.world.tap.fail('post controlRequested to robot');
    expect(codeOf(await request(team, 'second'))).toBe('control_held');
    expect(sent(team.world, socketOf('operator'), 'controlRequested')).toHaveLength(1);
    await lose(team.world, socketOf('operator'));
    expect(codeOf(await request(team, 'second'))).toBe('control_held');
    expect(sent(team.world, robot, 'controlRequested')).toHaveLength(1);
  });

  it('takes what has become free since it was refused', async () => {
    const team = await crew({ holder: 'operator' });
    expect(codeOf(await request(team, 'second'))).toBe('control_held');
    await closeSession(team.world.deps, {
      caller: robot,
      robotId: roverId,
      sessionId: team.sessions.operator,
      reason: 'closed',
    });
    expect(granted(await request(team, 'second'))).toMatchObject({ leaseEpoch: 3 });
  });

  it('I3: changes nothing of the robot but its control', async () => {
    const team = await crew();
    const before = team.world.robot();
    await request(team, 'operator');
    const controllerSessionId = team.sessions.operator;
    const controlHolder = {
      clientId: team.world.session(controllerSessionId)?.clientId,
      userName: 'operator-1',
      sinceAt: team.world.clock.at,
    };
    expect(team.world.robot()).toEqual({ ...before, controllerSessionId, controlHolder, leaseEpoch: 1 });
  });
});

describe('I7: a relayed signal', () => {
  it('bears the leaseEpoch under which it was sent, from both sides, whoever controls', async () => {
    const team = await crew();
    const { world, sessions } = team;
    const signals = async () => {
      for (const name of ['operator', 'viewer'] as const) {
        granted(await send(world, socketOf(name), signalOf(sessions[name])));
        granted(await send(world, robot, signalOf(sessions[name])));
      }
    };
    await signals();
    await request(team, 'operator');
    await signals();
    await request(team, 'admin', { force: true });
    await signals();
    const epochs = [0, 0, 1, 1, 2, 2];
    expect(sent(world, robot, 'signal').map(({ leaseEpoch }) => leaseEpoch)).toEqual(epochs);
    for (const name of ['operator', 'viewer'] as const) {
      expect(sent(world, socketOf(name), 'signal').map(({ leaseEpoch }) => leaseEpoch)).toEqual([0, 1, 2]);
    }
  });
});
