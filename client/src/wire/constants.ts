import type {
  bearerSubprotocolPrefix as bearerPrefix,
  maxMessageBytes as maxBytes,
  subprotocol as offered,
  protocolVersion as version,
} from '../../../protocol/limits.ts';

// The bundle carries nothing of protocol/; these do not compile when they differ from it.
export const protocolVersion: typeof version = 1;
export const subprotocol: typeof offered = 'heliograph.v1';
export const bearerSubprotocolPrefix: typeof bearerPrefix = 'bearer.';
/** Until `welcome` says otherwise. A number by type only: a test compares the two. */
export const maxMessageBytes: typeof maxBytes = 30 * 1024;
