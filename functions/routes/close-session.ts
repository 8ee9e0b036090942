import { closeSession as schema } from '../../protocol/messages/from-client/session.ts';
import { type CloseSessionDeps, closeSession } from '../core/use-cases/close-session.ts';
import { answer } from '../edge/answer.ts';
import { messageRoute } from '../edge/route.ts';

/** `closeSession`: either side ends a session; a robot refuses one by it. */
export const closeSessionRoute = messageRoute(schema, async (deps: CloseSessionDeps, { caller, message }) => {
  const { robotId, sessionId, reason = 'closed' } = message;
  return answer(await closeSession(deps, { caller, robotId, sessionId, reason }), (closed) => ({
    type: 'sessionClosed',
    ...closed,
  }));
});
