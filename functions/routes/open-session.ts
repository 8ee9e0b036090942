import { openSession as schema } from '../../protocol/messages/from-client/session.ts';
import { type OpenSessionDeps, openSession } from '../core/use-cases/open-session.ts';
import { answer } from '../edge/answer.ts';
import { messageRoute } from '../edge/route.ts';

/** `openSession`: a client asks for a robot. */
export const openSessionRoute = messageRoute(schema, async (deps: OpenSessionDeps, { caller, message }) => {
  const { robotId, mode, requestId } = message;
  return answer(await openSession(deps, { caller, robotId, mode, requestId }), (opened) => ({
    type: 'sessionOpened',
    ...opened,
  }));
});
