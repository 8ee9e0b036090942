/** Why the server is about to close the socket. Sent before every close, which carries no code of its own. */
export type GoAwayEntry = {
  readonly meaning: string;
  readonly clientDoes: string;
};

export const goAwayCodes = {
  connection_max_age: {
    meaning: 'The connection nears the age at which the gateway cuts it.',
    clientDoes:
      'Open a second connection, say `hello`, wait for `welcome`, then drop this one. It stays usable until `welcome.connectionExpiresAt` at least.',
  },
  token_expired: {
    meaning: 'The token ran out and was not refreshed within the grace.',
    clientDoes: 'Renew the token, then connect.',
  },
  replaced: {
    meaning: 'A newer connection of the same robot or client has taken over.',
    clientDoes:
      'A robot waits at least a minute before it tries again; a client does not reconnect. Unless within the last minute a connection of its own ended between `hello` and its answer: that one may have taken over, and either reconnects at once.',
  },
  revoked: {
    meaning: 'The sign-in was revoked; or, with `reconnect: true`, the user was taken out of a group.',
    clientDoes:
      'With `reconnect: true` renew the token and connect; else ask the user to sign in again: renewing fails.',
  },
  shutdown: {
    meaning: 'The server is going down or moving.',
    clientDoes: 'Connect anew after `reconnectAfterMs`.',
  },
} as const satisfies Record<string, GoAwayEntry>;

export type GoAwayCode = keyof typeof goAwayCodes;

export const goAwayCodeNames = Object.keys(goAwayCodes) as [GoAwayCode, ...GoAwayCode[]];
