import fc from 'fast-check';
import { openSession } from '../../../../../functions/core/use-cases/open-session.ts';
import type { SessionMode } from '../../../../../protocol/messages/session-words.ts';
import { roverId } from '../../support/people.ts';
import { anySocket, steps } from '../steps.ts';
import { addressOf } from '../world.ts';

/** Any socket asks for the robot, some with a request that is repeated. */
export const opens = steps(
  'openSession',
  fc.record({
    back: anySocket,
    mode: fc.constantFrom<SessionMode>('control', 'view'),
    requestId: fc.constantFrom(undefined, 'again'),
  }),
  async (world, { back, mode, requestId }) => {
    const socket = world.socketAt(back);
    if (socket === undefined) return;
    const { deps, answered, replied } = world.acts('openSession', socket.connectionId);
    const outcome = await openSession(deps, { caller: addressOf(socket), robotId: roverId, mode, requestId });
    answered(outcome.ok ? undefined : outcome.refusal.code);
    if (!outcome.ok) return;
    world.sessionIds.push(outcome.value.sessionId);
    replied({ type: 'sessionOpened', ...outcome.value, iceServers: [] });
  },
);
