import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../functions/core/model/connection.ts';
import type { Outcome } from '../../../functions/core/outcome.ts';
import { requestControl } from '../../../functions/core/use-cases/change-control.ts';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import type { SessionId } from '../../../protocol/ids.ts';
import { codeOf, connected, hello, inSession, open, refresh, send, signalOf } from './support/cast.ts';
import { operator1, rover1, roverId } from './support/people.ts';
import { watch } from './support/watching.ts';
import { newWorld, type World } from './support/world.ts';

/** What a client may ask for. */
const everyAction: readonly {
  what: string;
  act: (world: World, caller: SocketAddress, sessionId: SessionId) => Promise<Outcome<unknown>>;
}[] = [
  { what: 'openSession', act: (world, caller) => open(world, caller) },
  { what: 'signal', act: (world, caller, sessionId) => send(world, caller, signalOf(sessionId)) },
  { what: 'watchRobots', act: (world, caller) => watch(world, caller) },
  {
    what: 'requestControl',
    act: ({ deps }, caller, sessionId) =>
      requestControl(deps, { caller, robotId: roverId, sessionId, force: false }),
  },
  {
    what: 'closeSession',
    act: ({ deps }, caller, sessionId) =>
      closeSession(deps, { caller, robotId: roverId, sessionId, reason: 'closed' }),
  },
  { what: 'hello', act: (world, caller) => hello(world, caller) },
  { what: 'refreshToken', act: (world, caller) => refresh(world, caller, world.tokens.issue(operator1)) },
];

describe('a connection that is being closed', () => {
  it.each(everyAction)('may no more: $what', async ({ act }) => {
    const world = newWorld();
    const { clientSocket, sessionId } = await inSession(world, rover1, operator1, 'view');
    const held = world.tap.hold('connections.remove');
    const ending = disconnect(world.deps, clientSocket);
    await held.reachedBy(ending);
    expect(codeOf(await act(world, clientSocket, sessionId))).toBe('unauthenticated');
    held.release();
    await ending;
    expect(world.session(sessionId)).not.toHaveProperty('socket');
  });

  it('has no way back: neither hello nor refreshToken', async () => {
    const world = newWorld();
    const socket = await connected(world, rover1);
    const held = world.tap.hold('connections.remove');
    const ending = disconnect(world.deps, socket);
    await held.reachedBy(ending);
    expect(codeOf(await hello(world, socket))).toBe('unauthenticated');
    expect(codeOf(await refresh(world, socket, world.tokens.issue(rover1)))).toBe('unauthenticated');
    held.release();
    await ending;
    expect(world.robot()).toBeUndefined();
  });
});
