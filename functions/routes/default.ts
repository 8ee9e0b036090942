import { refused } from '../core/outcome.ts';
import type { LifeLog } from '../core/ports/life-log.ts';
import { readFrame } from '../edge/frame.ts';
import { type RouteHandler, refuse } from '../edge/route.ts';

/** `$default`: whatever names no route. A clear error, and nothing else. */
export const defaultRoute: RouteHandler<{ lifeLog: LifeLog }> = async (deps, incoming) => {
  const { requestId, frame } = readFrame(incoming.event);
  const refusal = frame.ok
    ? refused('unknown_action', 'The action of this message is none that is known here.').refusal
    : frame.refusal;
  return refuse(deps, incoming, { refusal, requestId });
};
