import { errorCodes } from '../../protocol/error-codes.ts';
import type { ErrorMessage } from '../../protocol/messages/from-server/error.ts';
import type { ServerMessage } from '../../protocol/messages.ts';
import type { Refusal } from '../core/outcome.ts';

/** What a function returns to API Gateway. A body reaches the client only on routes that respond. */
export type GatewayResult = {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export const nothing: GatewayResult = { statusCode: 200 };

export function reply(message: ServerMessage): GatewayResult {
  return { statusCode: 200, body: JSON.stringify(message) };
}

/** A refusal is an answer like any other: status 200, or the gateway would replace it by its own text. */
export function replyRefusal(refusal: Refusal, requestId: string | undefined): GatewayResult {
  return reply(errorMessageOf(refusal, requestId));
}

function errorMessageOf(refusal: Refusal, requestId: string | undefined): ErrorMessage {
  const { code, message, retryAfterMs, supported, sessionId, seq } = refusal;
  return {
    type: 'error',
    ...(requestId === undefined ? {} : { requestId }),
    code,
    message,
    retryable: errorCodes[code].retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(supported === undefined ? {} : { supported: [...supported] }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(seq === undefined ? {} : { seq }),
  };
}
