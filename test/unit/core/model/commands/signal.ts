import fc from 'fast-check';
import { closeSession } from '../../../../../functions/core/use-cases/close-session.ts';
import { relaySignal } from '../../../../../functions/core/use-cases/relay-signal.ts';
import { signalOf } from '../../support/cast.ts';
import { roverId } from '../../support/people.ts';
import { actor, anySocket, steps } from '../steps.ts';
import { addressOf, type ModelWorld } from '../world.ts';

const toSession = fc.record({ back: anySocket, session: fc.nat({ max: 3 }) });

/** Any socket signals in any of the last sessions, its own or not. */
export const signals = steps('signal', toSession, async (world, { back, session }) => {
  const socket = world.socketAt(back);
  const sessionId = sessionAt(world, session);
  if (socket === undefined || sessionId === undefined) return;
  const deps = world.depsFor(actor('signal', socket.connectionId));
  await relaySignal(deps, { caller: addressOf(socket), signal: signalOf(sessionId) });
});

/** Any socket closes any of the last sessions, its own or not. */
export const closes = steps('closeSession', toSession, async (world, { back, session }) => {
  const socket = world.socketAt(back);
  const sessionId = sessionAt(world, session);
  if (socket === undefined || sessionId === undefined) return;
  const deps = world.depsFor(actor('closeSession', socket.connectionId));
  await closeSession(deps, { caller: addressOf(socket), robotId: roverId, sessionId, reason: 'closed' });
});

function sessionAt({ sessionIds }: ModelWorld, back: number) {
  return sessionIds[sessionIds.length - 1 - (back % Math.max(sessionIds.length, 1))];
}
