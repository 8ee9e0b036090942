/** Largest text message accepted, in bytes of UTF-8: one frame and one unit of the gateway's metering (32 KB) with room to spare. */
export const maxMessageBytes = 30 * 1024;

/** The protocol version that `hello` names. */
export const protocolVersion = 1;

/** The WebSocket subprotocol that the server echoes; browsers offer it beside `bearer.<jwt>`. */
export const subprotocol = 'heliograph.v1';

/** Prefix of the offered subprotocol that carries a browser's token. Never echoed. */
export const bearerSubprotocolPrefix = 'bearer.';
