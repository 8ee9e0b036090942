import { describe, expect, it } from 'vitest';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { revokeSignIns } from '../../../functions/core/use-cases/revoke.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import { cleanUp, cleanUpUntil, connected, granted, hello, open, refresh, sent } from './support/cast.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1, roverId, viewer1 } from './support/people.ts';
import { a, b, c, lose, pair, replaced, robot, robot2 } from './support/returning.ts';
import type { World } from './support/world.ts';

/** The pair, with each side's next connection open and not yet welcomed. */
async function scene() {
  const made = await pair();
  await connected(made.world, operator1, { name: 'B' });
  await connected(made.world, operator1, { name: 'C' });
  await connected(made.world, rover1, { name: 'robot-2' });
  return made;
}
type Scene = Awaited<ReturnType<typeof scene>>;
type Act = (made: Scene) => Promise<unknown>;

const clientReturns: Act = ({ world, key }) => hello(world, b, { resume: key });
const otherReturns: Act = ({ world, key }) => hello(world, c, { resume: key });
const robotReturns: Act = ({ world }) => hello(world, robot2, { resume: true });
const robotIsLost: Act = ({ world }) => lose(world, robot);
const clientIsLost: Act = ({ world }) => lose(world, a);

type Race = {
  readonly what: string;
  readonly one: Act;
  readonly other: Act;
  readonly before?: Act;
  readonly judge: (made: Scene) => unknown;
};

/** Each of the two is overtaken by the other at each of its steps. */
async function bothOrders({ one, other, before, judge }: Race) {
  const wrong: string[] = [];
  for (const [action, by] of [
    [one, other],
    [other, one],
  ] as const) {
    const found = await overtakenAtEachStep({
      scene: async () => {
        const made = await scene();
        await before?.(made);
        return made;
      },
      action,
      by,
      judge: (made, { outcome }) => {
        expect(outcome.status).toBe('fulfilled');
        return judge(made);
      },
    });
    wrong.push(...found);
  }
  return wrong;
}

const fits = ({ world }: Scene) => expect(disorder(world)).toEqual([]);
const knows = ({ world }: Scene) => expect(misinformed(world)).toEqual([]);

function isOn(socket: typeof b) {
  return (made: Scene) => {
    const { world, sessionId } = made;
    expect(world.session(sessionId)).toMatchObject({ socket });
    expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
    expect(sent(world, socket, 'welcome')).toMatchObject([{ resumed: true, sessions: [{ sessionId }] }]);
    expect(world.gateway.closed).not.toContain(socket.connectionId);
    fits(made);
  };
}

const races: readonly Race[] = [
  { what: 'the $disconnect of the old connection', one: clientReturns, other: clientIsLost, judge: isOn(b) },
  {
    what: 'a late $disconnect of the old connection, which it replaces',
    one: clientReturns,
    other: ({ world }) => disconnect(world.deps, a),
    judge: isOn(b),
  },
  {
    what: 'a refresh of the old connection',
    one: clientReturns,
    other: ({ world }) => refresh(world, a, world.tokens.issue(operator1)),
    judge: isOn(b),
  },
  {
    what: 'a refresh of its own connection',
    one: clientReturns,
    other: ({ world }) => refresh(world, b, world.tokens.issue(operator1)),
    judge: isOn(b),
  },
  { what: 'the loss of the robot', one: clientReturns, other: robotIsLost, judge: isOn(b) },
  {
    what: 'the return of the robot',
    one: clientReturns,
    other: robotReturns,
    judge: (made) => {
      isOn(b)(made);
      expect(made.world.robot()).toMatchObject({ state: 'online', socket: robot2 });
      knows(made);
    },
  },
  {
    what: 'the return of the robot, both having been away',
    before: async (made) => {
      await robotIsLost(made);
      await clientIsLost(made);
    },
    one: clientReturns,
    other: robotReturns,
    judge: (made) => {
      isOn(b)(made);
      expect(made.world.robot()).toMatchObject({ state: 'online', socket: robot2 });
    },
  },
  {
    what: 'a bye on the old connection',
    one: clientReturns,
    other: ({ world }) => bye(world.deps, { caller: a, signOut: false }),
    judge: (made) => {
      const { world, sessionId } = made;
      const [welcome] = sent(world, b, 'welcome');
      expect(world.session(sessionId) === undefined).toBe(!welcome?.resumed);
      fits(made);
    },
  },
  {
    what: 'its session being closed by the robot',
    one: clientReturns,
    other: ({ world, sessionId }) =>
      closeSession(world.deps, { caller: robot, robotId: roverId, sessionId, reason: 'closed' }),
    judge: (made) => {
      const { world, sessionId } = made;
      expect(world.session(sessionId)).toBeUndefined();
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
      fits(made);
    },
  },
  {
    what: 'a session being opened on the old connection',
    one: clientReturns,
    other: ({ world }) => open(world, a, { mode: 'view' }),
    judge: (made) => {
      expect(made.world.session(made.sessionId)).toMatchObject({ socket: b });
      fits(made);
    },
  },
];

describe.each(races)('a client that comes back, and $what', (race) => {
  it('in whatever order: the rows fit together', async () => {
    expect(await bothOrders(race)).toEqual([]);
  });
});

/** What is known of the other side when all is quiet again. The messages bear no number: the last one is believed. */
const believed: readonly Race[] = [
  {
    what: 'a client that comes back while its loss is being told to the robot',
    one: clientReturns,
    other: clientIsLost,
    judge: knows,
  },
  {
    what: 'a robot that comes back while its loss is being told to the client',
    one: robotReturns,
    other: robotIsLost,
    judge: knows,
  },
  {
    what: 'both, having been away, who come back at once',
    before: async (made) => {
      await robotIsLost(made);
      await clientIsLost(made);
    },
    one: clientReturns,
    other: robotReturns,
    judge: knows,
  },
];

describe.each(believed)('$what', (race) => {
  it('nobody is told last that the other is away', async () => {
    expect(await bothOrders(race)).toEqual([]);
  });
});

describe('a robot that comes back, and the $disconnect of its old connection', () => {
  it('in whatever order: it is online, with its sessions and their control', async () => {
    const wrong = await bothOrders({
      what: '',
      one: robotReturns,
      other: robotIsLost,
      judge: (made) => {
        const { world, sessionId } = made;
        expect(world.robot()).toMatchObject({
          state: 'online',
          socket: robot2,
          controllerSessionId: sessionId,
          leaseEpoch: 1,
        });
        expect(world.session(sessionId)).toBeDefined();
        fits(made);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('and the end of its window at the same moment: it is either offline and free, or online with its sessions', async () => {
    const judge = (made: Scene) => {
      const { world, sessionId } = made;
      expect(world.robot()).toMatchObject({ state: 'online', socket: robot2 });
      const kept = world.session(sessionId) !== undefined;
      expect(world.robot()?.controllerSessionId).toBe(kept ? sessionId : undefined);
      expect(sent(world, a, 'sessionClosed')).toHaveLength(kept ? 0 : 1);
      fits(made);
    };
    const before: Act = async (made) => {
      await robotIsLost(made);
      await cleanUp(made.world);
      made.world.pass(made.world.policy.resumeWindowMs);
      // Its next connection has had its time for hello, too; it says it now.
      const row = made.world.connection(robot2);
      if (row !== undefined) {
        const connectedAt = made.world.clock.at;
        made.world.state.connections.set(row.connectionId, {
          ...row,
          connectedAt,
          nextDeadlineAt: connectedAt + 30_000,
        });
      }
    };
    const wrong = await bothOrders({
      what: '',
      before,
      one: robotReturns,
      other: ({ world }) => cleanUp(world),
      judge,
    });
    expect(wrong).toEqual([]);
  });
});

describe('two connections that bring the same key at once', () => {
  it('in whatever order: one of them has the client, everybody else is told and closed', async () => {
    const wrong = await bothOrders({
      what: '',
      one: clientReturns,
      other: otherReturns,
      judge: (made) => {
        const { world, sessionId } = made;
        const holder = world.session(sessionId)?.socket?.connectionId;
        expect(['B', 'C']).toContain(holder);
        expect(world.state.clients.get([...world.state.clients.keys()][0] ?? raise())).toMatchObject({
          connectionId: holder,
        });
        expect([...world.gateway.closed].sort()).toEqual(['A', 'B', 'C'].filter((name) => name !== holder));
        for (const socket of [a, b, c].filter(({ connectionId }) => connectionId !== holder)) {
          expect(sent(world, socket, 'goAway')).toContainEqual(replaced);
        }
        expect(world.robot()).toMatchObject({ controllerSessionId: sessionId, leaseEpoch: 1 });
        fits(made);
        knows(made);
      },
    });
    expect(wrong).toEqual([]);
  });
});

describe('a connection that has the client no more by the time it moves its sessions', () => {
  it.each([
    { what: 'is there', next: async () => {} },
    { what: 'is lost as well', next: (world: World) => lose(world, c) },
  ])('is not welcomed with them, when the one that took it $what', async ({ next }) => {
    const { world, key } = await pair();
    for (const name of ['B', 'C']) await connected(world, operator1, { name });
    const moving = world.tap.hold('sessions.moveTo');
    const first = hello(world, b, { resume: key });
    await moving.reachedBy(first);
    // An outage at that moment: it is neither told nor closed by the other.
    for (const call of ['post goAway to B', 'close B']) world.tap.fail(call);
    granted(await hello(world, c, { resume: key }));
    await next(world);
    moving.release();
    expect((await first).ok).toBe(true);
    expect(sent(world, b, 'welcome')).toMatchObject([{ sessions: [] }]);
    expect(world.gateway.closed).toContain('B');
    expect(disorder(world)).toEqual([]);
  });
});

describe('a client that comes back at the very end of its window', () => {
  it('in whatever order: its session is there, and controls, or is over for everybody', async () => {
    const wrong = await bothOrders({
      what: '',
      before: async (made) => {
        await clientIsLost(made);
        made.world.pass(made.world.policy.resumeWindowMs);
        for (const row of made.world.state.connections.values()) {
          const at = made.world.clock.at;
          made.world.state.connections.set(row.connectionId, {
            ...row,
            connectedAt: at,
            nextDeadlineAt: at + 1,
          });
        }
      },
      // By its own clock, which is a little behind, the window is not over yet.
      one: async ({ world, key }) => {
        const { deps } = world;
        const clock = { now: () => deps.clock.now() - 1 };
        return hello({ ...world, deps: { ...deps, clock: { ...deps.clock, ...clock } } }, b, { resume: key });
      },
      other: ({ world }) => cleanUp(world),
      judge: (made) => {
        const { world, sessionId } = made;
        const isThere = world.session(sessionId) !== undefined;
        expect(sent(world, robot, 'sessionClosed')).toHaveLength(isThere ? 0 : 1);
        if (!isThere) expect(world.robot()).not.toHaveProperty('controllerSessionId');
        if (isThere) expect(world.session(sessionId)).toMatchObject({ socket: b });
        expect(sent(world, b, 'welcome').length).toBe(1);
        fits(made);
      },
    });
    expect(wrong).toEqual([]);
  });
});

it('F13: a revocation at the same moment, in whatever order, leaves nobody in and nothing behind', async () => {
  const wrong = await bothOrders({
    what: '',
    one: clientReturns,
    other: ({ world }) =>
      revokeSignIns(world.deps, { principalId: operator1.principalId, at: world.clock.at }),
    judge: async (made) => {
      const { world } = made;
      for (const socket of [a, b, c]) expect(world.connection(socket)).toBeUndefined();
      await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
      expect(world.sessions()).toEqual([]);
      expect(world.robot()).not.toHaveProperty('controllerSessionId');
      expect(world.robot()).toMatchObject({ state: 'online' });
    },
  });
  expect(wrong).toEqual([]);
});

it('I5: a refresh of the old connection with fewer groups, after it was replaced, ends nothing of the new one', async () => {
  const made = await scene();
  const { world, sessionId } = made;
  world.tap.fail('close A');
  await clientReturns(made);
  await refresh(world, a, world.tokens.issue({ ...operator1, groups: viewer1.groups }));
  expect(world.session(sessionId)).toMatchObject({ socket: b });
  fits(made);
});

it('I2, I5: nor when it is replaced while that refresh is at work, at whatever step', async () => {
  const wrong = await overtakenAtEachStep({
    scene: async () => {
      const made = await scene();
      made.world.tap.fail('close A');
      return made;
    },
    action: ({ world }) => refresh(world, a, world.tokens.issue({ ...operator1, groups: viewer1.groups })),
    by: clientReturns,
    judge: (made) => {
      const { world, sessionId } = made;
      const [welcome] = sent(world, b, 'welcome');
      const isOnNew = welcome?.sessions.some((each) => each.sessionId === sessionId) === true;
      const row = world.session(sessionId);
      expect(row === undefined ? false : row.socket?.connectionId === 'B').toBe(isOnNew);
      if (isOnNew) expect(world.robot()).toMatchObject({ controllerSessionId: sessionId });
    },
  });
  expect(wrong).toEqual([]);
});

function raise(): never {
  throw new Error('no client');
}

describe('I3: a side that closes a session on its old connection while it comes back on another', () => {
  const closedOn =
    (caller: typeof a): Act =>
    ({ world, sessionId }) =>
      closeSession(world.deps, { caller, robotId: roverId, sessionId, reason: 'closed' });

  /** Who was told of the session on its new connection is told of its end there. */
  const hears = (socket: typeof b) => (made: Scene) => {
    const { world, sessionId } = made;
    if (world.session(sessionId) !== undefined) return knows(made);
    const told = sent(world, socket, 'welcome').flatMap(({ sessions }) => sessions);
    const heard = sent(world, socket, 'sessionClosed').map((closed) => closed.sessionId);
    expect(heard).toEqual(expect.arrayContaining(told.map((entry) => entry.sessionId)));
    expect(disorder(world)).toEqual([]);
  };

  it('the client, in whatever order', async () => {
    expect(
      await bothOrders({ what: 'client', one: closedOn(a), other: clientReturns, judge: hears(b) }),
    ).toEqual([]);
  });

  it('the robot, in whatever order', async () => {
    const wrong = await bothOrders({
      what: 'robot',
      one: closedOn(robot),
      other: robotReturns,
      judge: hears(robot2),
    });
    expect(wrong).toEqual([]);
  });
});
