import type { ErrorMessage, GoAway } from '../wire/messages.ts';

/** Why and when one connection ended; what decides the next step is all in it. */
export type ConnectionEnd = {
  /** How far it had come: nothing opened, no `welcome` yet, or welcomed. */
  readonly phase: 'handshake' | 'hello' | 'live';
  readonly cause:
    | 'closed'
    | 'handshake_timeout'
    | 'no_welcome'
    | 'hello_refused'
    | 'malformed_welcome'
    | 'pong_missing'
    | 'unusable'
    | 'dropped';
  /** HTTP status of a refused handshake, where it can be read. */
  readonly status?: number | undefined;
  /** Close code of the WebSocket. */
  readonly code?: number | undefined;
  /** The server's parting word. */
  readonly goAway?: GoAway | undefined;
  /** What `hello` was answered with. */
  readonly error?: ErrorMessage | undefined;
};
