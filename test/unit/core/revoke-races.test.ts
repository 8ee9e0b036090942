import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../functions/core/model/connection.ts';
import { connect } from '../../../functions/core/use-cases/connect.ts';
import { revokeSignIn, revokeSignIns, revokeTokens } from '../../../functions/core/use-cases/revoke.ts';
import {
  connected,
  granted,
  hello,
  inSession,
  refresh,
  send,
  sent,
  signalOf,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1, type User } from './support/people.ts';
import { newWorld, t0, type World } from './support/world.ts';

const socket = socketNamed('A');

type Race = { readonly world: World; readonly token: string };
type Act = (race: Race) => Promise<unknown>;

/** What a holder may be about while its sign-in is revoked, with a token from before. */
const acts: readonly { what: string; prepare: (world: World, who: User) => Promise<unknown>; act: Act }[] = [
  { what: '$connect', prepare: async () => {}, act: enter },
  {
    what: 'hello',
    prepare: (world, who) => connected(world, who, { name: 'A' }),
    act: ({ world }) => hello(world, socket),
  },
  {
    what: 'hello for the second time',
    prepare: (world, who) => welcomed(world, who, { name: 'A' }),
    act: ({ world }) => hello(world, socket),
  },
  {
    what: 'refreshToken',
    prepare: (world, who) => welcomed(world, who, { name: 'A', lifeMs: 600_000 }),
    act: ({ world, token }) => refresh(world, socket, token),
  },
  {
    what: '$connect and hello',
    prepare: async () => {},
    act: async (race) => {
      await enter(race);
      return hello(race.world, socket);
    },
  },
];

const kinds = [rover1, operator1];
const operations = [
  {
    name: 'revokeSignIns',
    revoke: (world: World, { principalId }: User) => revokeSignIns(world.deps, { principalId, at: t0 }),
  },
  {
    name: 'revokeTokens',
    revoke: (world: World, { principalId }: User) => revokeTokens(world.deps, { principalId, at: t0 }),
  },
  {
    name: 'revokeSignIn',
    revoke: (world: World, { principalId }: User) =>
      revokeSignIn(world.deps, { principalId, originJti: 'sign-in-1' }),
  },
] as const;

function enter({ world, token }: Race) {
  return connect(world.deps, { socket, credentials: { found: true, token, carrier: 'header' } });
}

function isClosed(world: World, { connectionId }: SocketAddress): boolean {
  return world.gateway.closed.includes(connectionId);
}

/** Whatever the order was, and whatever it was told: it is not in, and does not get in. */
async function expectOut({ world }: Race) {
  if (sent(world, socket, 'welcome').length > 0) {
    expect(isClosed(world, socket)).toBe(true);
    expect(world.connection(socket)).toBeUndefined();
  }
  const welcomes = sent(world, socket, 'welcome').length;
  await hello(world, socket);
  expect(sent(world, socket, 'welcome')).toHaveLength(welcomes);
  expect(world.connection(socket)).toBeUndefined();
  expect(world.state.clients.size).toBe(0);
  expect([undefined, 'away', 'offline']).toContain(world.robot()?.state);
}

const races = operations.flatMap(({ name, revoke }) =>
  acts.flatMap(({ what, prepare, act }) =>
    kinds.map((who) => ({
      what: `${what} of ${who.userName}`,
      name,
      act,
      revoke: ({ world }: Race) => revoke(world, who),
      scene: async (): Promise<Race> => {
        const world = newWorld();
        await prepare(world, who);
        return { world, token: world.tokens.issue(who) };
      },
    })),
  ),
);

describe.each(races)('F13: $what against $name', ({ scene, act, revoke }) => {
  it('overtaken anywhere by the revocation, leaves nothing open', async () => {
    const wrong = await overtakenAtEachStep({
      scene,
      action: act,
      by: revoke,
      judge: async (race, { outcome }) => {
        expect(outcome.status).toBe('fulfilled');
        await expectOut(race);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('anywhere within the revocation, leaves nothing open', async () => {
    const wrong = await overtakenAtEachStep({
      scene,
      action: revoke,
      by: act,
      judge: async (race, { outcome }) => {
        expect(outcome.status).toBe('fulfilled');
        await expectOut(race);
      },
    });
    expect(wrong).toEqual([]);
  });
});

describe('F13: an honest later sign-in', () => {
  const honest = async (world: World, who: User, name: string) => {
    world.clock.at = Math.max(world.clock.at, t0 + 1_000);
    await welcomed(world, who, { name, signedIn: world.tokens.signIn() });
  };

  it.each(kinds)('of $userName anywhere within a revocation stays', async (who) => {
    const wrong = await overtakenAtEachStep({
      scene: async () => {
        const world = newWorld();
        await welcomed(world, who, { name: 'A' });
        return { world };
      },
      action: ({ world }) => revokeSignIns(world.deps, { principalId: who.principalId, at: t0 }),
      by: ({ world }) => honest(world, who, 'B'),
      judge: ({ world }) => {
        expect(isClosed(world, socketNamed('A'))).toBe(true);
        expect(isClosed(world, socketNamed('B'))).toBe(false);
        expect(world.connection(socketNamed('B'))).toMatchObject({ state: 'ready' });
        if (who === rover1)
          expect(world.robot()).toMatchObject({ state: 'online', socket: socketNamed('B') });
      },
    });
    expect(wrong).toEqual([]);
  });

  it.each(kinds)('of $userName that is refreshed into the old connection at once keeps it', async (who) => {
    const refreshed = new Set<boolean>();
    const wrong = await overtakenAtEachStep({
      scene: async () => {
        const world = newWorld();
        await welcomed(world, who, { name: 'A' });
        world.pass(1_000);
        return { world, token: world.tokens.issue(who, { signedIn: world.tokens.signIn() }), granted: false };
      },
      action: ({ world }) => revokeSignIns(world.deps, { principalId: who.principalId, at: t0 }),
      by: async (race) => {
        race.granted = (await refresh(race.world, socket, race.token)).ok;
      },
      judge: (race) => {
        refreshed.add(race.granted);
        expect(isClosed(race.world, socket)).toBe(!race.granted);
      },
    });
    expect(wrong).toEqual([]);
    // Both orders have been seen.
    expect(refreshed.size).toBe(2);
  });
});

it('F13, I4: a robot’s new connection of a revoked sign-in never takes the robot from the old one of another', async () => {
  const wrong = await overtakenAtEachStep({
    scene: async () => {
      const world = newWorld();
      const session = await inSession(world, rover1, operator1);
      world.pass(1_000);
      const lost = world.tokens.signIn();
      await connected(world, rover1, { name: 'A', signedIn: lost });
      return { world, lost, ...session };
    },
    action: ({ world }) => hello(world, socket),
    by: ({ world, lost }) =>
      revokeSignIn(world.deps, { principalId: rover1.principalId, originJti: lost.originJti ?? '' }),
    judge: async ({ world, robotSocket, clientSocket, sessionId }) => {
      expect(world.connection(socket)).toBeUndefined();
      expect(isClosed(world, socket)).toBe(true);
      // Had it been welcomed before the revocation, the old one was rightly replaced.
      if (sent(world, socket, 'welcome').length > 0) {
        expect(world.robot()).toMatchObject({ state: 'away' });
        return;
      }
      expect(world.robot()).toMatchObject({ state: 'online', socket: robotSocket });
      expect(sent(world, robotSocket, 'goAway')).toEqual([]);
      granted(await send(world, clientSocket, signalOf(sessionId)));
    },
  });
  expect(wrong).toEqual([]);
});
