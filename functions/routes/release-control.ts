import { releaseControl as schema } from '../../protocol/messages/from-client/control.ts';
import { releaseControl } from '../core/use-cases/change-control.ts';
import type { EndSessionsDeps } from '../core/use-cases/end-sessions.ts';
import { answer } from '../edge/answer.ts';
import { messageRoute } from '../edge/route.ts';

/** `releaseControl`: gives control back. */
export const releaseControlRoute = messageRoute(schema, async (deps: EndSessionsDeps, { caller, message }) =>
  answer(
    await releaseControl(deps, { caller, robotId: message.robotId, sessionId: message.sessionId }),
    (changed) => ({
      type: 'controlChanged',
      ...changed,
    }),
  ),
);
