import { fields, isRecord, optional, text } from './guards.ts';
import { messageGuards } from './message-guards.ts';
import type { MessageType, ServerMessage } from './messages.ts';

/** What a frame turned out to be. `type` of a malformed one is for logs: it is a name of this version, or `unknown`. */
export type Parsed =
  | { readonly is: 'message'; readonly message: ServerMessage }
  | { readonly is: 'malformed'; readonly type: MessageType | 'unknown' };

const requestId = optional(text(1, 64));

/** Reads one frame. Never throws: newer servers may say more, and broken ones anything. */
export function parseMessage(frame: unknown): Parsed {
  const value = typeof frame === 'string' ? parseJson(frame) : undefined;
  const type = isRecord(value) ? value.type : undefined;
  if (!isMessageType(type)) return { is: 'malformed', type: 'unknown' };
  return isMessage(value, type) ? { is: 'message', message: value } : { is: 'malformed', type };
}

function isMessageType(type: unknown): type is MessageType {
  return typeof type === 'string' && Object.hasOwn(messageGuards, type);
}

function isMessage(value: unknown, type: MessageType): value is ServerMessage {
  return fields({ ...messageGuards[type], requestId })(value);
}

function parseJson(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    return undefined;
  }
}
