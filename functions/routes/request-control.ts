import { requestControl as schema } from '../../protocol/messages/from-client/control.ts';
import { requestControl } from '../core/use-cases/change-control.ts';
import type { EndSessionsDeps } from '../core/use-cases/end-sessions.ts';
import { answer } from '../edge/answer.ts';
import { messageRoute } from '../edge/route.ts';

/** `requestControl`: asks for control. */
export const requestControlRoute = messageRoute(schema, async (deps: EndSessionsDeps, { caller, message }) =>
  answer(
    await requestControl(deps, {
      caller,
      robotId: message.robotId,
      sessionId: message.sessionId,
      force: message.force ?? false,
    }),
    (changed) => ({
      type: 'controlChanged',
      ...changed,
    }),
  ),
);
