import { requestId as requestIdSchema } from '../../protocol/ids.ts';
import { maxMessageBytes } from '../../protocol/limits.ts';
import { done, type Outcome, refused } from '../core/outcome.ts';
import type { GatewayEvent } from './gateway-event.ts';

/** A client's message before its action is looked at: a JSON object, and the `requestId` if it has a usable one. */
export type Frame = {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;
};

/** The frame in an event, with whatever `requestId` could be read even when the frame is refused. */
export function readFrame(event: GatewayEvent): { requestId: string | undefined; frame: Outcome<Frame> } {
  const body = event.body ?? '';
  const parsed = parseJson(body);
  const fields = isObject(parsed) ? parsed : undefined;
  const requestId = fields === undefined ? undefined : usableRequestId(fields);
  return { requestId, frame: judge(body, fields, requestId) };
}

function judge(
  body: string,
  fields: Record<string, unknown> | undefined,
  requestId: string | undefined,
): Outcome<Frame> {
  if (Buffer.byteLength(body) > maxMessageBytes) {
    return refused('payload_too_large', `A message may have ${maxMessageBytes} bytes at most.`);
  }
  if (fields === undefined) return refused('bad_request', 'A message must be a JSON object.');
  return done({ fields, requestId });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function usableRequestId(fields: Record<string, unknown>): string | undefined {
  const parsed = requestIdSchema.safeParse(fields.requestId);
  return parsed.success ? parsed.data : undefined;
}
