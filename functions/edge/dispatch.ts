import * as z from 'zod/mini';
import { signal } from '../../protocol/messages/from-client/signal.ts';
import type { SocketAddress } from '../core/model/connection.ts';
import { type Refusal, refused } from '../core/outcome.ts';
import type { Clock } from '../core/ports/clock.ts';
import { DependencyUnavailable } from '../core/ports/dependency-unavailable.ts';
import type { LifeLog } from '../core/ports/life-log.ts';
import { readFrame } from './frame.ts';
import { type GatewayEvent, parseGatewayEvent } from './gateway-event.ts';
import type { GatewayResult } from './gateway-result.ts';
import { rateLimit } from './rate-limit.ts';
import { type Incoming, type RouteHandler, refuse } from './route.ts';

/** A Lambda function as the runtime calls it. */
export type LambdaFunction = (event: unknown, context?: unknown) => Promise<GatewayResult>;

export type Dispatch<Deps> = {
  readonly routes: Readonly<Record<string, RouteHandler<Deps>>>;
  readonly deps: Deps;
  /** The regional base URL of `@connections` for the API and stage of an event. */
  readonly endpointOf: (event: GatewayEvent) => string;
};

/**
 * One function for several routes. The only place that catches: a dependency that failed becomes a
 * retryable refusal (I10), anything else `internal`; neither says more to the caller.
 */
export function dispatch<Deps extends { readonly lifeLog: LifeLog; readonly clock: Clock }>(
  of: Dispatch<Deps>,
): LambdaFunction {
  const limit = rateLimit(of.deps.clock);
  return async (rawEvent) => {
    const event = parseGatewayEvent(rawEvent);
    const { connectionId } = event.requestContext;
    const routeKey = routeKeyOf(event);
    const caller: SocketAddress = { connectionId, endpoint: of.endpointOf(event) };
    const incoming = { event, caller };
    const route = Object.hasOwn(of.routes, routeKey) ? of.routes[routeKey] : undefined;
    if (route === undefined) throw new Error(`Route ${routeKey} is not served by this function`);
    const waitMs = event.requestContext.eventType === 'MESSAGE' ? limit.take(connectionId) : undefined;
    if (waitMs !== undefined) return tooFast(of.deps, incoming, waitMs);
    try {
      return await route(of.deps, incoming);
    } catch (failure) {
      return answerFailure(of.deps, incoming, failure);
    }
  };
}

/**
 * A message may name any action, the gateway's own routes too; what AWS makes of it is not documented,
 * and an emulator takes it at its word. Only the gateway itself says that a socket came or went.
 */
function routeKeyOf({ requestContext: { routeKey, eventType } }: GatewayEvent): string {
  return eventType === 'MESSAGE' && routeKey.startsWith('$') ? '$default' : routeKey;
}

/** Echoes which signal it was, so that its sender knows what to send again. */
function tooFast(deps: { lifeLog: LifeLog }, incoming: Incoming, retryAfterMs: number): GatewayResult {
  const { requestId, frame } = readFrame(incoming.event);
  const echo = frame.ok ? signalEcho.safeParse(frame.value.fields).data : undefined;
  const message = 'Too many messages on this connection; wait, then send again what was refused.';
  const { refusal } = refused('rate_limited', message, { retryAfterMs, ...echo });
  return refuse(deps, incoming, { refusal, requestId });
}

const signalEcho = z.object({ sessionId: signal.shape.sessionId, seq: signal.shape.seq });

function answerFailure(deps: { lifeLog: LifeLog }, incoming: Incoming, failure: unknown): GatewayResult {
  const where = incoming.event.requestContext.routeKey;
  const refusal = refusalFor(failure);
  if (failure instanceof DependencyUnavailable) {
    deps.lifeLog.note({ type: 'dependency_unavailable', where, code: failure.code });
  } else {
    deps.lifeLog.note({ type: 'fault', where, ...describe(failure) });
  }
  // A handshake is answered by its status alone: cannot decide now, try again.
  if (where === '$connect') return { statusCode: 503 };
  const { requestId } = readFrame(incoming.event);
  return refuse(deps, incoming, { refusal, requestId });
}

function refusalFor(failure: unknown): Refusal {
  return failure instanceof DependencyUnavailable
    ? refused('unavailable', 'This cannot be done now; try again.').refusal
    : refused('internal', 'Something went wrong on the server; it has been recorded.').refusal;
}

/** Name and stack without the message: a message may quote what was sent. */
function describe(failure: unknown): { name: string; stack?: string } {
  if (!(failure instanceof Error)) return { name: typeof failure };
  const { stack = '', message } = failure;
  const afterMessage = stack.slice(Math.max(0, stack.indexOf(message)) + message.length);
  const frames = afterMessage.split('\n').filter((line) => line.trimStart().startsWith('at '));
  return { name: failure.name, ...(frames.length === 0 ? {} : { stack: frames.slice(0, 6).join('\n') }) };
}
