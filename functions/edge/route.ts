import type * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import type { ServerMessage } from '../../protocol/messages.ts';
import type { SocketAddress } from '../core/model/connection.ts';
import { type Outcome, type Refusal, refused } from '../core/outcome.ts';
import type { LifeLog } from '../core/ports/life-log.ts';
import { readFrame } from './frame.ts';
import type { GatewayEvent } from './gateway-event.ts';
import { type GatewayResult, nothing, reply, replyRefusal } from './gateway-result.ts';

/** One event of API Gateway with the address of the socket that it came from. */
export type Incoming = { readonly event: GatewayEvent; readonly caller: SocketAddress };

/** Serves one route key. */
export type RouteHandler<Deps> = (deps: Deps, incoming: Incoming) => Promise<GatewayResult>;

type Counted = { readonly lifeLog: LifeLog };

/** An answer without its `requestId`, which the edge adds; undefined where nothing is to be said. */
export type Answer = Exclude<ServerMessage, { type: 'pong' }> | undefined;

/** What was expected of a field: zod/mini by itself says no more than that the input is invalid. */
const inWords = en().localeError;

/**
 * A route for an action: reads the frame, parses it by its schema, asks the one use case, answers.
 * What is refused is counted and answered with a code; a field's name may be told, its value never.
 */
export function messageRoute<
  Deps extends Counted,
  Schema extends z.ZodMiniType<{ requestId?: string | undefined }>,
>(
  schema: Schema,
  handle: (deps: Deps, of: { caller: SocketAddress; message: z.infer<Schema> }) => Promise<Outcome<Answer>>,
): RouteHandler<Deps> {
  return async (deps, { event, caller }) => {
    const { requestId, frame } = readFrame(event);
    if (!frame.ok) return refuse(deps, { event, caller }, { refusal: frame.refusal, requestId });
    const parsed = schema.safeParse(frame.value.fields, { error: inWords });
    if (!parsed.success) {
      return refuse(deps, { event, caller }, { refusal: badField(parsed.error), requestId });
    }
    const outcome = await handle(deps, { caller, message: parsed.data });
    if (!outcome.ok) return refuse(deps, { event, caller }, { refusal: outcome.refusal, requestId });
    if (outcome.value === undefined) return nothing;
    return reply(requestId === undefined ? outcome.value : { ...outcome.value, requestId });
  };
}

/** Counts a refusal and answers it. A peer that is away is no fault of anybody's, and comes in bursts: not counted. */
export function refuse(
  deps: Counted,
  { event, caller }: Incoming,
  { refusal, requestId }: { refusal: Refusal; requestId: string | undefined },
): GatewayResult {
  if (refusal.code !== 'peer_away') {
    const action = event.requestContext.routeKey;
    const { connectionId } = caller;
    deps.lifeLog.note({ type: 'message_refused', action, code: refusal.code, connectionId });
  }
  return replyRefusal(refusal, requestId);
}

function badField(error: z.core.$ZodError): Refusal {
  const [issue] = error.issues;
  const field = issue?.path.join('.') || 'message';
  return refused('bad_request', `${field}: ${issue?.message ?? 'not as expected'}`).refusal;
}
