import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { retryMs } from '../../../functions/core/use-cases/end-connection.ts';
import { cleanUp, send, signalOf } from './support/cast.ts';
import { killedAtEachStep } from './support/interruption.ts';
import { a, operations, twoTabs } from './support/revoking.ts';

describe.each(operations)('F13: $name', ({ how, record, run }) => {
  it('that cannot write the record closes nothing, throws, and can be repeated', async () => {
    const { world } = await twoTabs();
    world.tap.fail(record);
    await expect(run(world)).rejects.toMatchObject({ name: 'DependencyUnavailable' });
    expect(world.gateway.closed).toEqual([]);
    expect(world.noted('revoked')).toEqual([]);
    world.tap.heal();
    expect(await run(world)).toBe(2);
  });

  it('I10: closes nothing whose revocation cannot be read, and throws', async () => {
    const { world } = await twoTabs();
    world.tap.fail('revocations.of', { times: 4 });
    await expect(run(world)).rejects.toThrow('unavailable');
    expect(world.noted('revoked')).toEqual([]);
    world.tap.heal();
    expect(await run(world)).toBe(2);
  });

  const calls = ['post goAway to A', 'close A', 'connections.remove', 'clients.detach'];
  /** Both tabs make the last two calls. */
  const timesOf = (call: string) => (call.endsWith('A') ? 1 : 2);

  it.each(calls)('that fails at %s finishes it with its second list', async (call) => {
    const { world } = await twoTabs();
    world.tap.fail(call, { times: timesOf(call) });
    expect(await run(world)).toBe(2);
    expect(world.noted('revoked')).toMatchObject([{ closed: 2 }]);
    expect([...world.state.connections.keys()].sort()).toEqual(['other', 'robot']);
    expect([...world.gateway.closed].sort()).toEqual(['A', 'B']);
    expect(world.noted('disconnected').map((event) => event.how)).toEqual([how, how]);
  });

  it.each(calls)(
    'that fails at %s both times has closed the others, throws, and is finished by the cleanup',
    async (call) => {
      const { world } = await twoTabs();
      world.tap.fail(call, { times: 2 * timesOf(call) });
      await expect(run(world)).rejects.toMatchObject({ name: 'DependencyUnavailable' });
      expect(world.state.connections.size).toBe(call.endsWith('A') ? 3 : 4);
      expect(world.noted('revoked')).toEqual([]);
      world.pass(retryMs);
      await cleanUp(world);
      expect([...world.state.connections.keys()].sort()).toEqual(['other', 'robot']);
      expect([...world.gateway.closed].sort()).toEqual(['A', 'B']);
      expect(world.noted('disconnected').map((event) => event.how)).toEqual([how, how]);
    },
  );

  it('whose first list cannot be read closes all by the second, and counts them', async () => {
    const { world } = await twoTabs();
    world.tap.fail('connections.listByPrincipal');
    expect(await run(world)).toBe(2);
    expect([...world.gateway.closed].sort()).toEqual(['A', 'B']);
  });

  it('leaves what somebody else is closing to them at first, finishes it in the end as what it was, and counts its own', async () => {
    const { world } = await twoTabs();
    world.tap.fail('clients.detach');
    await expect(disconnect(world.deps, a)).rejects.toThrow('unavailable');
    expect(await run(world)).toBe(1);
    const ended = world.noted('disconnected').map((event) => [event.connectionId, event.how]);
    expect(ended).toEqual([
      ['B', how],
      ['A', 'disconnect'],
    ]);
    expect(world.gateway.to(a).map(({ type }) => type)).not.toContain('goAway');
  });

  it('killed anywhere and repeated, leaves nothing of it open', async () => {
    const wrong = await killedAtEachStep({
      scene: twoTabs,
      action: ({ world }) => run(world),
      judge: async ({ world, keptId }) => {
        await run(world);
        world.pass(retryMs);
        await cleanUp(world);
        expect([...world.state.connections.keys()].sort()).toEqual(['other', 'robot']);
        expect(world.sessions().map(({ sessionId }) => sessionId)).toEqual([keptId]);
        expect(world.noted('disconnected').map((event) => event.how)).toEqual([how, how]);
      },
    });
    expect(wrong).toEqual([]);
  });
});

describe('F13: a connection that cannot be told', () => {
  const failing = ['post goAway to A', 'close A'];

  it.each(failing)(
    'has nothing passed on for it any more, though %s failed: a robot is not driven on for a minute',
    async (call) => {
      const { world, sessionId, robot } = await twoTabs();
      world.tap.fail(call, { times: 2 });
      await expect(operations[0].run(world)).rejects.toThrow('unavailable');
      const posted = world.gateway.to(robot).length;
      expect((await send(world, a, signalOf(sessionId))).ok).toBe(false);
      expect(world.gateway.to(robot).slice(posted)).toEqual([]);
    },
  );

  it.each(failing)(
    'is closed when the operation is repeated after %s failed, not a minute later',
    async (call) => {
      const { world } = await twoTabs();
      world.tap.fail(call, { times: 2 });
      await expect(operations[0].run(world)).rejects.toThrow('unavailable');
      await operations[0].run(world);
      expect([...world.gateway.closed].sort()).toEqual(['A', 'B']);
    },
  );
});
