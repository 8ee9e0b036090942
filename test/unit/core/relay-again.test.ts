import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { codeOf, connected, granted, hello, send, sent, signalOf } from './support/cast.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1 } from './support/people.ts';
import { a, b, back, lose, pair, robot, robot2, robotBack } from './support/returning.ts';
import type { World } from './support/world.ts';

/** A signal to each side, and how that side comes to be on its next connection. */
const sides = [
  {
    to: 'robot',
    from: a,
    old: robot,
    next: robot2,
    moves: (world: World) => robotBack(world),
    who: rover1,
  },
  {
    to: 'client',
    from: robot,
    old: a,
    next: b,
    moves: (world: World, resume: string) => back(world, { resume }),
    who: operator1,
  },
] as const;

describe.each(sides)('a signal to the $to that finds nobody (410)', ({ from, old, next, moves }) => {
  const signals = (world: World, to = next) => sent(world, to, 'signal');

  it('is delivered to its next connection where it has moved between the read and the post, after a second read', async () => {
    const { world, sessionId, key } = await pair();
    world.tap.forget();
    const held = world.tap.hold(`post signal to ${old.connectionId}`);
    const sending = send(world, from, signalOf(sessionId, { seq: 4 }));
    await held.reachedBy(sending);
    await moves(world, key);
    held.release();
    expect(granted(await sending)).toEqual({ sessionId, seq: 4 });
    expect(signals(world)).toMatchObject([{ sessionId, seq: 4 }]);
    expect(signals(world, old)).toEqual([]);
    expect(world.tap.count('signalPath.read')).toBe(2);
  });

  it('is peer_away, after a second read and one post, where it is nowhere else', async () => {
    const { world, sessionId } = await pair();
    world.gateway.drop(old);
    world.tap.forget();
    const answer = await send(world, from, signalOf(sessionId, { seq: 4 }));
    expect(answer).toMatchObject({ refusal: { code: 'peer_away', sessionId, seq: 4 } });
    expect(world.tap.calls).toEqual([
      'signalPath.read',
      `post signal to ${old.connectionId}`,
      'signalPath.read',
    ]);
  });

  it('is peer_away where it was lost in the meantime', async () => {
    const { world, sessionId } = await pair();
    const held = world.tap.hold(`post signal to ${old.connectionId}`);
    const sending = send(world, from, signalOf(sessionId));
    await held.reachedBy(sending);
    await lose(world, old);
    held.release();
    expect(codeOf(await sending)).toBe('peer_away');
  });

  it('is peer_away where the next connection is gone, too: there are two reads and two posts at most', async () => {
    const { world, sessionId, key } = await pair();
    const held = world.tap.hold(`post signal to ${old.connectionId}`);
    const sending = send(world, from, signalOf(sessionId));
    await held.reachedBy(sending);
    await moves(world, key);
    world.gateway.drop(next);
    world.tap.forget();
    held.release();
    expect(codeOf(await sending)).toBe('peer_away');
    expect(world.tap.calls).toEqual(['signalPath.read', `post signal to ${next.connectionId}`]);
  });

  it('I1: is peer_away where the next connection has run out', async () => {
    const { world, sessionId, key } = await pair();
    const held = world.tap.hold(`post signal to ${old.connectionId}`);
    const sending = send(world, from, signalOf(sessionId));
    await held.reachedBy(sending);
    await moves(world, key);
    const row = world.connection(next);
    const expiresAt = world.clock.at;
    if (row === undefined) throw new Error('no next connection');
    world.state.connections.set(row.connectionId, { ...row, token: { ...row.token, expiresAt } });
    const own = world.robot();
    if (own?.socket?.connectionId === next.connectionId) {
      world.state.robots.set(own.robotId, { ...own, socket: { ...own.socket, tokenExpiresAt: expiresAt } });
    }
    for (const [name, session] of world.state.sessions) {
      if (session.socket?.connectionId !== next.connectionId) continue;
      world.state.sessions.set(name, {
        ...session,
        socket: { ...session.socket, tokenExpiresAt: expiresAt },
      });
    }
    held.release();
    expect(codeOf(await sending)).toBe('peer_away');
    expect(signals(world)).toEqual([]);
  });

  it('I10: is unavailable, to be sent again, where the second read or the second post fails', async () => {
    for (const call of ['signalPath.read', `post signal to ${next.connectionId}`]) {
      const { world, sessionId, key } = await pair();
      const held = world.tap.hold(`post signal to ${old.connectionId}`);
      const sending = send(world, from, signalOf(sessionId, { seq: 4 }));
      await held.reachedBy(sending);
      await moves(world, key);
      world.tap.fail(call);
      held.release();
      expect(await sending).toMatchObject({ refusal: { code: 'unavailable', sessionId, seq: 4 } });
      granted(await send(world, from, signalOf(sessionId, { seq: 4 })));
      expect(signals(world)).toHaveLength(1);
    }
  });

  it('is session_unknown where the session has ended in the meantime', async () => {
    const { world, sessionId } = await pair();
    world.gateway.drop(old);
    const held = world.tap.hold(`post signal to ${old.connectionId}`);
    const sending = send(world, from, signalOf(sessionId));
    await held.reachedBy(sending);
    world.state.sessions.clear();
    held.release();
    expect(codeOf(await sending)).toBe('session_unknown');
  });

  it('changes nothing: only the gateway’s own word ends a connection', async () => {
    const { world, sessionId } = await pair();
    world.gateway.drop(old);
    const before = structuredClone(world.state);
    await send(world, from, signalOf(sessionId));
    expect(world.state).toEqual(before);
    expect(world.events.filter(({ type }) => type === 'disconnected')).toEqual([]);
  });
});

describe.each(sides)(
  'I8: a signal to the $to while that moves to its next connection',
  ({ from, old, next, who, to }) => {
    it('in whatever order: has reached one of the two, or its sender knows that it has not', async () => {
      const wrong: string[] = [];
      type Made = Awaited<ReturnType<typeof pair>> & { code?: string | undefined };
      const scene = async (): Promise<Made> => {
        const made = await pair();
        await connected(made.world, who, { name: next.connectionId });
        return made;
      };
      const sends = async (made: Made) => {
        made.code = codeOf(await send(made.world, from, signalOf(made.sessionId)));
      };
      const moves = ({ world, key }: Made) => hello(world, next, { resume: to === 'robot' ? true : key });
      for (const [action, by] of [
        [sends, moves],
        [moves, sends],
      ] as const) {
        const found = await overtakenAtEachStep<Made, unknown>({
          scene,
          action,
          by,
          judge: async ({ world, code }) => {
            const arrived = [old, next].flatMap((socket) => sent(world, socket, 'signal'));
            expect(arrived).toHaveLength(code === undefined ? 1 : 0);
            if (code !== undefined) expect(['peer_away', 'unavailable']).toContain(code);
            await disconnect(world.deps, old);
          },
        });
        wrong.push(...found);
      }
      expect(wrong).toEqual([]);
    });
  },
);
