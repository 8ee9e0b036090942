import { grantControl as schema } from '../../protocol/messages/from-client/control.ts';
import { grantControl } from '../core/use-cases/change-control.ts';
import type { EndSessionsDeps } from '../core/use-cases/end-sessions.ts';
import { answer } from '../edge/answer.ts';
import { messageRoute } from '../edge/route.ts';

/** `grantControl`: hands control over. */
export const grantControlRoute = messageRoute(schema, async (deps: EndSessionsDeps, { caller, message }) =>
  answer(
    await grantControl(deps, {
      caller,
      robotId: message.robotId,
      sessionId: message.sessionId,
      to: message.to,
    }),
    (changed) => ({
      type: 'controlChanged',
      ...changed,
    }),
  ),
);
