import type { ClosedReason } from '../reconnect/next-step.ts';
import type { Welcome } from '../wire/messages.ts';

/** What a signaling client is doing. */
export type SignalingState =
  /** Not welcomed yet. `attempt` counts from 1. */
  | { readonly status: 'connecting'; readonly attempt: number }
  | { readonly status: 'ready'; readonly welcome: Welcome }
  /** The connection was lost and is being made anew; sessions are kept while the server waits. */
  | { readonly status: 'recovering'; readonly attempt: number }
  /** Over. Nothing is tried any more. `cause`: what the token source or the address threw; its message says what to do. */
  | { readonly status: 'closed'; readonly reason: ClosedReason; readonly cause?: Error };
