import { describe, expect, it } from 'vitest';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disorder } from './support/at-rest.ts';
import { cleanUpUntil, codeOf, open } from './support/cast.ts';
import {
  believedBy,
  type Crew,
  controlOf,
  crew,
  grant,
  type Name,
  names,
  release,
  request,
  robot,
  socketOf,
} from './support/controlling.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { roverId } from './support/people.ts';
import { lose, robotBack } from './support/returning.ts';

type Act = (team: Crew) => Promise<unknown>;
type Judge = (team: Crew, outcomes: readonly unknown[]) => unknown;

/** Each of the two is overtaken by the other at each of its steps. */
async function bothOrders(of: { holder?: 'operator' | 'admin'; one: Act; other: Act; judge: Judge }) {
  const wrong: string[] = [];
  for (const [action, by] of [
    [of.one, of.other],
    [of.other, of.one],
  ] as const) {
    const answers = new WeakMap<Crew, unknown>();
    const found = await overtakenAtEachStep({
      scene: () => crew(of.holder === undefined ? {} : { holder: of.holder }),
      action,
      by: async (team) => {
        answers.set(team, await by(team).catch(() => 'thrown'));
      },
      judge: (team, { outcome }) => {
        const first = outcome.status === 'fulfilled' ? outcome.value : 'thrown';
        return of.judge(team, [first, answers.get(team)]);
      },
    });
    wrong.push(...found);
  }
  return wrong;
}

/** Nobody holds control whose session is no more, and the robot and all who are there know who does. */
function expectAgreed({ world }: Crew) {
  expect(disorder(world)).toEqual([]);
  const control = controlOf(world);
  const told = believedBy(world, robot);
  if (told !== undefined) expect(told).toEqual(control);
}

const isGranted = (outcome: unknown) =>
  typeof outcome === 'object' && outcome !== null && Reflect.get(outcome, 'ok') === true;

const asks =
  (name: Name, force = false): Act =>
  (team) =>
    request(team, name, { force });
const gives =
  (to: Name): Act =>
  (team) =>
    grant(team, 'operator', team.sessions[to]);
const releases: Act = (team) => release(team, 'operator');
const closes =
  (name: Name): Act =>
  ({ world, sessions }) =>
    closeSession(world.deps, {
      caller: socketOf(name),
      robotId: roverId,
      sessionId: sessions[name],
      reason: 'closed',
    });
const saysBye =
  (name: Name): Act =>
  ({ world }) =>
    bye(world.deps, { caller: socketOf(name), signOut: false });
const isLost =
  (name: Name): Act =>
  ({ world }) =>
    lose(world, socketOf(name));

describe('I7: two who want control at once', () => {
  it('while it is free: one gets it, the other hears that it is held', async () => {
    const wrong = await bothOrders({
      one: asks('operator'),
      other: asks('second'),
      judge: (team, outcomes) => {
        expect(outcomes.filter(isGranted)).toHaveLength(1);
        expect(controlOf(team.world).leaseEpoch).toBe(1);
        expectAgreed(team);
      },
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    { what: 'one by force, one while it is handed over', one: asks('admin', true), other: gives('second') },
    { what: 'one by force, one while it is released', one: asks('admin', true), other: releases },
    { what: 'handed over, and released', one: gives('second'), other: releases },
    { what: 'handed over to two', one: gives('second'), other: gives('admin') },
    { what: 'asked for, and released', one: asks('second'), other: releases },
  ])('$what: one session holds it, and the robot knows which', async ({ one, other }) => {
    const wrong = await bothOrders({ holder: 'operator', one, other, judge: expectAgreed });
    expect(wrong).toEqual([]);
  });

  it('opening a session, and released: one session holds it, or none', async () => {
    const wrong = await bothOrders({
      holder: 'operator',
      one: ({ world }) => open(world, socketOf('second')),
      other: releases,
      judge: ({ world, sessions }) => {
        expect(controlOf(world).controller).not.toBe(sessions.operator);
        expect(disorder(world)).toEqual([]);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('one of whom the robot cannot be told: it has it only if it was granted after all', async () => {
    const wrong = await bothOrders({
      holder: 'operator',
      one: async (team) => {
        team.world.tap.fail('post controlChanged to robot');
        return asks('admin', true)(team);
      },
      other: releases,
      judge: ({ world, sessions }, outcomes) => {
        const { controller } = controlOf(world);
        expect([sessions.operator, sessions.admin, undefined]).toContain(controller);
        if (controller === sessions.admin) expect(outcomes.filter(isGranted)).toHaveLength(2);
        expect(disorder(world)).toEqual([]);
      },
    });
    expect(wrong).toEqual([]);
  });
});

/** Ends of sessions, and changes of control to and from them. */
const ends: readonly { what: string; holder?: 'operator'; change: Act; end: Act }[] = [
  { what: 'asked for, and the asking session closed', change: asks('second'), end: closes('second') },
  { what: 'asked for, and the asking client’s bye', change: asks('second'), end: saysBye('second') },
  {
    what: 'taken by force, and the taking session closed',
    holder: 'operator',
    change: asks('admin', true),
    end: closes('admin'),
  },
  {
    what: 'taken by force, and the session before it closed',
    holder: 'operator',
    change: asks('admin', true),
    end: closes('operator'),
  },
  {
    what: 'handed over, and the session to have it closed',
    holder: 'operator',
    change: gives('second'),
    end: closes('second'),
  },
  {
    what: 'handed over, and the session to have it gone with its client',
    holder: 'operator',
    change: gives('second'),
    end: saysBye('second'),
  },
  {
    what: 'handed over, and the giving session closed',
    holder: 'operator',
    change: gives('second'),
    end: closes('operator'),
  },
  {
    what: 'released, and its session closed',
    holder: 'operator',
    change: releases,
    end: closes('operator'),
  },
];

describe.each(ends)('I7: control that is $what at once', ({ holder, change, end }) => {
  it('is with no session that is no more, and the robot knows with which it is', async () => {
    const wrong = await bothOrders({
      ...(holder !== undefined && { holder }),
      one: change,
      other: end,
      judge: expectAgreed,
    });
    expect(wrong).toEqual([]);
  });
});

describe.each(ends.filter(({ holder }) => holder !== undefined))(
  'I7: control that is $what at once, while the robot cannot be told of the change',
  ({ change, end }) => {
    it('is with no session that is no more', async () => {
      const wrong = await bothOrders({
        holder: 'operator',
        one: async (team) => {
          team.world.tap.fail('post controlChanged to robot');
          await change(team).catch(() => {});
        },
        other: end,
        judge: ({ world }) => expect(disorder(world)).toEqual([]),
      });
      expect(wrong).toEqual([]);
    });
  },
);

it('I7: control is not taken back to a session that is just being closed', async () => {
  const team = await crew({ holder: 'operator' });
  const { world } = team;
  const told = world.tap.hold('post controlChanged to robot');
  const forcing = asks('admin', true)(team).catch(() => {});
  await told.reachedBy(forcing);
  // Its control is dropped before it is deleted; but it does not have it at this moment.
  const deleted = world.tap.hold('sessions.remove');
  const closing = closes('operator')(team);
  await deleted.reachedBy(closing);
  world.tap.fail('post controlChanged to robot');
  told.release();
  await forcing;
  deleted.release();
  await closing;
  expect(disorder(world)).toEqual([]);
});

describe('I7: control and a loss at once', () => {
  it.each([
    { what: 'who asks is lost', change: asks('second'), end: isLost('second') },
    {
      what: 'who is given it is lost',
      holder: 'operator' as const,
      change: gives('second'),
      end: isLost('second'),
    },
    {
      what: 'who gives it is lost',
      holder: 'operator' as const,
      change: gives('second'),
      end: isLost('operator'),
    },
  ])('$what: it is with a session that is there or waits, and free when that has ended', async (of) => {
    const { holder, change, end } = of;
    const wrong = await bothOrders({
      ...(holder !== undefined && { holder }),
      one: change,
      other: end,
      judge: async (team) => {
        expectAgreed(team);
        const { world } = team;
        for (const name of names) await lose(world, socketOf(name));
        await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
        expect(controlOf(world).controller).toBeUndefined();
        expectAgreed(team);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('the robot is lost: whoever has it, it is one, and its next welcome names it', async () => {
    const wrong = await bothOrders({
      holder: 'operator',
      one: asks('admin', true),
      other: ({ world }) => lose(world, robot),
      judge: async ({ world, sessions }, [outcome]) => {
        expect([sessions.operator, sessions.admin]).toContain(controlOf(world).controller);
        if (isGranted(outcome)) expect(codeOf(await request({ world, sessions }, 'admin'))).toBeUndefined();
        const again = await robotBack(world);
        const entries = world.gateway
          .to(again)
          .flatMap((message) => (message.type === 'welcome' ? message.sessions : []));
        expect(entries.filter(({ mode }) => mode === 'control').map(({ sessionId }) => sessionId)).toEqual([
          controlOf(world).controller,
        ]);
        expect(disorder(world)).toEqual([]);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('the robot comes back on another connection: it learns who has it', async () => {
    const wrong = await bothOrders({
      holder: 'operator',
      one: asks('admin', true),
      other: ({ world }) => robotBack(world),
      judge: ({ world }) => {
        const again = world.robot()?.socket;
        if (again === undefined) throw new Error('the robot is away');
        const entries = world.gateway
          .to(again)
          .flatMap((message) => (message.type === 'welcome' ? message.sessions : []));
        const welcomed = entries.find(({ mode }) => mode === 'control')?.sessionId;
        expect(believedBy(world, again)?.controller ?? welcomed).toBe(controlOf(world).controller);
      },
    });
    expect(wrong).toEqual([]);
  });
});
