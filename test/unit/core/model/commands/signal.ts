import fc from 'fast-check';
import { closeSession } from '../../../../../functions/core/use-cases/close-session.ts';
import { relaySignal } from '../../../../../functions/core/use-cases/relay-signal.ts';
import { signalOf } from '../../support/cast.ts';
import { roverId } from '../../support/people.ts';
import { anySocket, steps } from '../steps.ts';
import { addressOf, type ModelWorld } from '../world.ts';

const toSession = fc.record({ back: anySocket, session: fc.nat({ max: 3 }) });

/** Any socket signals in any of the last sessions, its own or not. */
export const signals = steps('signal', toSession, async (world, { back, session }) => {
  const socket = world.socketAt(back);
  const sessionId = sessionAt(world, session);
  if (socket === undefined || sessionId === undefined) return;
  const { deps, answered } = world.acts('signal', socket.connectionId);
  const side = socket.user.groups.includes('robots') ? 'robot' : 'client';
  const signal = signalOf(sessionId, { seq: world.remembered.nextSeq(side, sessionId) });
  const outcome = await relaySignal(deps, { caller: addressOf(socket), signal });
  answered(outcome.ok ? undefined : outcome.refusal.code);
});

/** Any socket closes any of the last sessions, its own or not. */
export const closes = steps('closeSession', toSession, async (world, { back, session }) => {
  const socket = world.socketAt(back);
  const sessionId = sessionAt(world, session);
  if (socket === undefined || sessionId === undefined) return;
  const { deps, answered, replied } = world.acts('closeSession', socket.connectionId);
  const caller = addressOf(socket);
  const outcome = await closeSession(deps, { caller, robotId: roverId, sessionId, reason: 'closed' });
  if (outcome.ok) replied({ type: 'sessionClosed', ...outcome.value });
  answered(outcome.ok ? undefined : outcome.refusal.code);
});

/** One of the last sessions. */
export function sessionAt({ sessionIds }: ModelWorld, back: number) {
  return sessionIds[sessionIds.length - 1 - (back % Math.max(sessionIds.length, 1))];
}
