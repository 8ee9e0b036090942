import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../protocol/error-codes.ts';
import { replies } from '../../../protocol/replies.ts';
import { connected, opened, welcomed } from '../core/support/cast.ts';
import { operator1, rover1 } from '../core/support/people.ts';
import { newWorld, type World } from '../core/support/world.ts';
import { clientExamples } from '../protocol/support/examples.ts';
import { api, codeSaid, messageEvent, messageRoutes } from './support/gateway-calls.ts';

/** Callers in every state that a connection can be in. */
const callers: Record<string, (world: World) => Promise<unknown>> = {
  unknown: async () => {},
  young: (world) => connected(world, operator1, { name: 'caller' }),
  expired: async (world) => {
    await welcomed(world, operator1, { name: 'caller', lifeMs: 60_000 });
    world.pass(60_000);
  },
  stranger: (world) => welcomed(world, operator1, { name: 'caller' }),
  closing: async (world) => {
    const { connectionId } = await welcomed(world, operator1, { name: 'caller' });
    await world.deps.connections.markClosing(connectionId, {
      retryAt: world.clock.at + 1,
      how: 'disconnect',
    });
  },
};

/** Said of every action once, not of each. */
const ofAll: readonly ErrorCode[] = ['bad_request', 'payload_too_large', 'internal'];

describe.each(messageRoutes)('the reference of %s', (action) => {
  it('lists each code that a caller in any state gets', async () => {
    const codes = new Set<string>();
    for (const prepare of Object.values(callers)) {
      const world = newWorld();
      await welcomed(world, rover1, { name: 'robot' });
      await opened(world, await welcomed(world, operator1, { name: 'other' }));
      await prepare(world);
      const code = codeSaid(await api(world)(messageEvent(action, clientExamples[action].full, 'caller')));
      if (code !== undefined) codes.add(code);
    }
    const listed: readonly string[] = [...replies[action].errors, ...ofAll];
    expect([...codes].filter((code) => !listed.includes(code))).toEqual([]);
  });
});
