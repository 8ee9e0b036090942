import { describe, expect, it } from 'vitest';
import type { HowEnded } from '../../../functions/core/model/connection.ts';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { retryMs } from '../../../functions/core/use-cases/end-connection.ts';
import { revokeSignIns, revokeTokens } from '../../../functions/core/use-cases/revoke.ts';
import type { CloseReason } from '../../../protocol/close-reasons.ts';
import { cleanUp, cleanUpUntil, connected, inSession, sent } from './support/cast.ts';
import { killedAtEachStep } from './support/interruption.ts';
import { operator1, rover1 } from './support/people.ts';
import { newWorld, type World } from './support/world.ts';

const { principalId } = operator1;
type Scene = Awaited<ReturnType<typeof scene>>;

/** A client in a session, and what ends its connection. */
const ends: readonly {
  how: HowEnded;
  reason: CloseReason;
  code?: string;
  prepare?: (world: World) => void;
  end: (scene: Scene) => Promise<unknown>;
}[] = [
  {
    how: 'expired',
    reason: 'expired',
    code: 'token_expired',
    prepare: (world) => world.pass(world.policy.tokenMs + world.policy.graceMs),
    end: ({ world }) => cleanUp(world),
  },
  {
    how: 'revoked',
    reason: 'revoked',
    code: 'revoked',
    end: ({ world }) => revokeSignIns(world.deps, { principalId, at: world.clock.at }),
  },
  {
    how: 'regrouped',
    reason: 'forbidden',
    code: 'revoked',
    end: ({ world }) => revokeTokens(world.deps, { principalId, at: world.clock.at }),
  },
  {
    how: 'bye',
    reason: 'closed',
    end: ({ world, clientSocket }) => bye(world.deps, { caller: clientSocket, signOut: false }),
  },
  {
    how: 'disconnect',
    reason: 'resume_ended',
    end: ({ world, clientSocket }) => disconnect(world.deps, clientSocket),
  },
  {
    how: 'gone',
    reason: 'resume_ended',
    prepare: (world) => world.pass(world.policy.checkEveryMs),
    end: async ({ world, clientSocket }) => {
      world.gateway.drop(clientSocket);
      await cleanUp(world);
    },
  },
];

async function scene(prepare: (world: World) => void = () => {}) {
  const world = newWorld();
  const session = await inSession(world, rover1, operator1);
  // The robot's own life is not what this is about.
  world.state.connections.delete(session.robotSocket.connectionId);
  prepare(world);
  return { world, ...session };
}

describe.each(ends)('an end as `$how` that was killed anywhere', ({ how, reason, code, prepare, end }) => {
  it('is told and counted by the later run as what it was', async () => {
    const wrong = await killedAtEachStep({
      scene: () => scene(prepare),
      action: end,
      judge: async (made) => {
        const { world, clientSocket, sessionId } = made;
        const row = world.connection(clientSocket);
        if (row?.state === 'closing') expect(row.endsAs).toBe(how);
        // Before the mark nothing was begun, and whoever wants it does it again.
        else if (row !== undefined) await end(made);
        await finished(world);
        expect(world.connection(clientSocket)).toBeUndefined();
        // Whose holder has only lost its connection waits for it, for one window, however often its end is begun.
        if (reason === 'resume_ended')
          await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
        expect(world.state.clients.size).toBe(0);
        expect(world.noted('disconnected').map((event) => event.how)).toEqual([how]);
        expect(world.sessions()).toEqual([]);
        const closed = world.noted('session_closed').filter((event) => event.sessionId === sessionId);
        expect(closed.map((event) => event.reason)).toEqual([reason]);
        const codes = new Set(sent(world, clientSocket, 'goAway').map((message) => message.code));
        if (code === undefined) expect([...codes]).toEqual([]);
        else expect([...codes]).toEqual([code]);
      },
    });
    expect(wrong).toEqual([]);
  });
});

it('an end as `no_hello` that was killed anywhere is told and counted as that', async () => {
  const wrong = await killedAtEachStep({
    scene: async () => {
      const world = newWorld();
      const socket = await connected(world, operator1);
      world.pass(world.policy.helloWithinMs);
      return { world, socket };
    },
    action: ({ world }) => cleanUp(world),
    judge: async ({ world, socket }) => {
      // By the time that it is tried again, its token has run out as well.
      world.pass(world.policy.tokenMs);
      await finished(world);
      const { state } = world.connection(socket) ?? {};
      expect(state).toBeUndefined();
      const [ending] = world.noted('disconnected');
      expect(['no_hello', 'expired']).toContain(ending?.how);
      const begunAs = world.gateway.to(socket).at(0)?.type;
      if (begunAs === 'error') expect(ending?.how).toBe('no_hello');
      expect(world.noted('disconnected')).toHaveLength(1);
    },
  });
  expect(wrong).toEqual([]);
});

describe('who ends a connection that another has begun to end', () => {
  it('says what the first has begun: a bye that died is no expiry a day later', async () => {
    const { world, clientSocket } = await scene();
    world.tap.fail('connections.remove');
    await expect(bye(world.deps, { caller: clientSocket, signOut: false })).rejects.toThrow('unavailable');
    world.pass(24 * 3_600_000);
    await cleanUp(world);
    expect(world.noted('disconnected').map(({ how }) => how)).toEqual(['bye']);
    expect(sent(world, clientSocket, 'goAway')).toEqual([]);
  });

  it('a robot that said bye is offline, not away, though its bye died', async () => {
    const world = newWorld();
    const { robotSocket } = await inSession(world, rover1, operator1);
    world.tap.fail('robots.leave');
    await expect(bye(world.deps, { caller: robotSocket, signOut: false })).rejects.toThrow('unavailable');
    world.pass(retryMs);
    await cleanUp(world);
    expect(world.robot()).toMatchObject({ state: 'offline' });
    expect(world.sessions()).toEqual([]);
  });
});

async function finished(world: World) {
  for (let i = 0; i < 2; i++) {
    world.pass(retryMs);
    await cleanUp(world);
  }
}
