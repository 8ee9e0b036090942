import { describe, expect, it } from 'vitest';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { revokeSignIns, revokeTokens } from '../../../functions/core/use-cases/revoke.ts';
import { disorder } from './support/at-rest.ts';
import {
  cleanUp,
  cleanUpUntil,
  codeOf,
  connected,
  hello,
  open,
  opened,
  refresh,
  send,
  sent,
  signalOf,
  welcomed,
} from './support/cast.ts';
import { killedAtEachStep, overtakenAtEachStep } from './support/interruption.ts';
import { operator1, operator2, roverId } from './support/people.ts';
import { a, b, back, lose, pair, robot, robot2, robotBack } from './support/returning.ts';

/** The client of the pair, and another person who views the same robot. */
async function scene() {
  const made = await pair();
  const other = await welcomed(made.world, operator2, { name: 'other' });
  const kept = await opened(made.world, other, { mode: 'view' });
  return { ...made, other, keptId: kept.sessionId };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const { principalId } = operator1;

/** Whatever a client may do or suffer. `isOver`: its session has ended with it, and not only waits. */
const fates: readonly {
  what: string;
  isOver?: boolean;
  isKept?: boolean;
  befall: (made: Scene) => Promise<unknown>;
}[] = [
  { what: 'loses its connection', befall: ({ world }) => lose(world, a) },
  { what: 'loses it twice over', befall: ({ world }) => Promise.all([lose(world, a), lose(world, a)]) },
  {
    what: 'crashes, and no $disconnect comes',
    befall: async ({ world }) => {
      world.gateway.drop(a);
      world.pass(world.policy.checkEveryMs);
      await cleanUp(world);
    },
  },
  {
    what: 'lets its token run out',
    isOver: true,
    befall: async ({ world }) => {
      const row = world.connection(a);
      if (row === undefined) throw new Error('no client');
      const token = { ...row.token, expiresAt: world.clock.at - world.policy.graceMs };
      world.state.connections.set(row.connectionId, { ...row, token, nextDeadlineAt: world.clock.at });
      await cleanUp(world);
    },
  },
  { what: 'says bye', isOver: true, befall: ({ world }) => bye(world.deps, { caller: a, signOut: false }) },
  { what: 'signs out', isOver: true, befall: ({ world }) => bye(world.deps, { caller: a, signOut: true }) },
  {
    what: 'is revoked',
    isOver: true,
    befall: ({ world }) => revokeSignIns(world.deps, { principalId, at: world.clock.at }),
  },
  {
    what: 'is taken out of a group',
    isOver: true,
    befall: ({ world }) => revokeTokens(world.deps, { principalId, at: world.clock.at }),
  },
  {
    what: 'closes its session',
    isOver: true,
    befall: ({ world, sessionId }) =>
      closeSession(world.deps, { caller: a, robotId: roverId, sessionId, reason: 'closed' }),
  },
  {
    what: 'leaves the fleet by a refresh',
    isOver: true,
    befall: ({ world }) =>
      refresh(world, a, world.tokens.issue({ ...operator1, groups: ['operators', 'fleet:other'] })),
  },
  {
    what: 'is found gone by the robot (410)',
    isKept: true,
    befall: async ({ world, sessionId }) => {
      world.gateway.drop(a);
      expect(codeOf(await send(world, robot, signalOf(sessionId)))).toBe('peer_away');
    },
  },
  {
    what: 'comes back by its key',
    isKept: true,
    befall: ({ world, key }) => back(world, { resume: key }),
  },
  {
    what: 'comes back, and its welcome finds nobody (410)',
    isKept: true,
    befall: async ({ world, key }) => {
      await connected(world, operator1, { name: 'B' });
      world.gateway.drop(b);
      await hello(world, b, { resume: key });
    },
  },
  {
    what: 'comes back with a key that is none',
    isKept: true,
    befall: ({ world }) => back(world, { resume: 'garbage' }),
  },
  { what: 'says hello again', isKept: true, befall: ({ world }) => hello(world, a) },
  {
    what: 'connects and never says hello',
    isKept: true,
    befall: async ({ world }) => {
      await connected(world, operator1, { name: 'B' });
      world.pass(world.policy.helloWithinMs);
      await cleanUp(world);
    },
  },
  {
    what: 'opens sessions without end',
    isKept: true,
    befall: async ({ world }) => {
      for (let i = 0; i < 12; i++) await open(world, a);
    },
  },
  {
    what: 'sends what is not for it',
    isKept: true,
    befall: ({ world, keptId }) => send(world, a, signalOf(keptId)),
  },
  {
    what: 'asks to close what is not its own',
    isKept: true,
    befall: ({ world, keptId }) =>
      closeSession(world.deps, { caller: a, robotId: roverId, sessionId: keptId, reason: 'closed' }),
  },
];

describe.each(fates)('F5, I3: a client that $what', ({ befall, isOver = false, isKept = false }) => {
  it('changes nothing of the robot but its own control, at once or when its window is over', async () => {
    const made = await scene();
    const { world, sessionId } = made;
    const before = world.robot();
    await befall(made);
    const { controllerSessionId: _, controlHolder: __, ...rest } = before ?? {};
    const freed = { ...rest, leaseEpoch: 2 };
    expect(world.robot()).toEqual(isOver ? freed : before);
    expect(world.session(sessionId) === undefined).toBe(isOver);
    await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
    expect(world.robot()).toEqual(isKept ? before : freed);
    expect(world.connection(robot)).toMatchObject({ state: 'ready' });
    expect(sent(world, robot, 'goAway')).toEqual([]);
    expect(world.gateway.closed).not.toContain('robot');
  });

  it('harms no session of another, who hears of control at most', async () => {
    const made = await scene();
    const { world, other, keptId } = made;
    const before = world.session(keptId);
    await befall(made);
    await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
    expect(world.session(keptId)).toEqual(before);
    const heard = world.gateway.to(other).slice(1);
    const freed = { type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 2 };
    expect(heard).toEqual(isKept ? [] : [freed]);
    expect(await send(world, other, signalOf(keptId))).toMatchObject({ ok: true });
    expect(disorder(world)).toEqual([]);
  });
});

const ends = fates.filter(({ isKept = false }) => !isKept);

describe.each(ends)('F5, I3: a client that $what, when it was killed half-way', ({ befall }) => {
  it('anywhere: the robot is there, control is free in the end, and the other’s session is untouched', async () => {
    const wrong = await killedAtEachStep({
      scene,
      action: befall,
      judge: async (made) => {
        const { world, keptId } = made;
        // Where nothing is left of it to be finished by the cleanup, whoever wanted it wants it again.
        if (world.connection(a) !== undefined && world.connection(a)?.state !== 'closing') await befall(made);
        await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
        await disconnect(world.deps, a);
        await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
        expect(world.robot()).toMatchObject({ state: 'online', socket: robot, epoch: 1 });
        expect(world.robot()).not.toHaveProperty('controllerSessionId');
        expect(world.sessions().map(({ sessionId }) => sessionId)).toEqual([keptId]);
      },
    });
    expect(wrong).toEqual([]);
  });
});

/** Of a crash it is known only after half an hour, when the robot’s window is long over. */
const quick = ends.filter(({ what }) => !what.startsWith('crashes'));

describe.each(quick)('F5, I3: a client that $what while its robot comes back', ({ befall }) => {
  const returns = ({ world }: Scene) => robotBack(world);

  it('in whatever order: the robot is there, and its rows fit together, now and later', async () => {
    const wrong: string[] = [];
    const judge = async ({ world, keptId }: Scene) => {
      expect(world.robot()).toMatchObject({ state: 'online', socket: robot2, epoch: 2 });
      expect(disorder(world)).toEqual([]);
      expect(world.session(keptId)).toBeDefined();
      await cleanUpUntil(world, world.clock.at + 2 * world.policy.resumeWindowMs);
      expect(world.robot()).toMatchObject({ state: 'online', socket: robot2, epoch: 2 });
      expect(disorder(world)).toEqual([]);
    };
    const loseFirst = async () => {
      const made = await scene();
      await lose(made.world, robot);
      return made;
    };
    wrong.push(
      ...(await overtakenAtEachStep<Scene, unknown>({
        scene: loseFirst,
        action: befall,
        by: returns,
        judge,
      })),
      ...(await overtakenAtEachStep<Scene, unknown>({
        scene: loseFirst,
        action: returns,
        by: befall,
        judge,
      })),
    );
    expect(wrong).toEqual([]);
  });
});
