/** The three ways of carrying a token into the handshake, in the order in which they are looked at. */
export const tokenCarriers = {
  header: 'Authorization: Bearer <jwt>',
  subprotocol: 'Sec-WebSocket-Protocol: heliograph.v1, bearer.<jwt>',
  query: '?token=<jwt>',
} as const;

export type TokenCarrier = keyof typeof tokenCarriers;

/** What a refused handshake answers, and what a client does on it. */
export const handshakeRefusals = {
  400: {
    meaning: 'Malformed: the token is carried in a form that cannot be read.',
    clientDoes: 'Correct the request.',
  },
  401: {
    meaning: 'No token, a bad one, or one that has run out.',
    clientDoes: 'Renew the token, then connect again.',
  },
  403: {
    meaning:
      'Known, but not permitted: no Heliograph group, or a robot and a person at once. Also a wrong path.',
    clientDoes: 'Ask whoever manages the user pool.',
  },
  503: { meaning: 'Cannot decide now.', clientDoes: 'Connect again with backoff; keep the token.' },
} as const;

export type HandshakeRefusal = keyof typeof handshakeRefusals;
