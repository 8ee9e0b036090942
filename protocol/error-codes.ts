/**
 * The normative table of error codes: what each means and what a client does on it. The reference
 * page, the server's `retryable` flags and the clients' reactions are all derived from it.
 */
export type ErrorCodeEntry = {
  readonly meaning: string;
  readonly clientDoes: string;
  readonly retryable: boolean;
};

export const errorCodes = {
  bad_request: {
    meaning: 'The message is no JSON object, or a field is missing or wrong. The message names the field.',
    clientDoes: 'Correct the message; sending the same again fails again.',
    retryable: false,
  },
  unknown_action: {
    meaning: 'The `action` is none that this server knows.',
    clientDoes: 'Correct the action, or ask for a newer server.',
    retryable: false,
  },
  protocol_unsupported: {
    meaning: 'The `protocol` in `hello` is not spoken here. `supported` lists the versions that are.',
    clientDoes: 'Say `hello` again with a supported version, or update.',
    retryable: false,
  },
  payload_too_large: {
    meaning: 'The message is longer than `welcome.policy.maxMessageBytes`.',
    clientDoes: 'Send less: trickle candidates, trim the SDP.',
    retryable: false,
  },
  hello_required: {
    meaning: 'The connection has not said `hello` yet.',
    clientDoes: 'Say `hello`, wait for `welcome`, then repeat.',
    retryable: false,
  },
  unauthenticated: {
    meaning: 'The connection is not known, or no longer: it was closed on the server side.',
    clientDoes: 'Connect anew with a fresh token.',
    retryable: false,
  },
  token_invalid: {
    meaning: 'The token is malformed, signed by a stranger, for another client or of the wrong use.',
    clientDoes: 'Renew the token once; when that fails too, ask the user to sign in.',
    retryable: false,
  },
  token_expired: {
    meaning: "The connection's token (or the one just sent) has run out.",
    clientDoes: 'Send `refreshToken` with a new token; within the grace everything is as it was.',
    retryable: false,
  },
  token_not_newer: {
    meaning: 'The new token ends sooner than the one in use, which is kept.',
    clientDoes: 'Nothing; renew again when `refreshAt` comes.',
    retryable: false,
  },
  identity_mismatch: {
    meaning: 'The new token speaks for somebody else than the connection does.',
    clientDoes: 'Open another connection for the other identity.',
    retryable: false,
  },
  forbidden: {
    meaning: 'Not permitted, or not there: the two cannot be told apart.',
    clientDoes: 'Nothing until the permissions have changed.',
    retryable: false,
  },
  robot_unknown: {
    meaning: 'No robot of that id has ever connected. Told to admins only.',
    clientDoes: 'Check the id.',
    retryable: false,
  },
  robot_offline: {
    meaning: 'The robot is not connected and its resume window has ended.',
    clientDoes: 'Wait until the robot is listed as online, then open a session.',
    retryable: true,
  },
  robot_busy: {
    meaning: 'The robot holds as many sessions as it may.',
    clientDoes: 'Try again when another session has ended.',
    retryable: true,
  },
  session_unknown: {
    meaning: "No such session, or none of the caller's own.",
    clientDoes: 'Forget the session; open a new one.',
    retryable: false,
  },
  control_held: {
    meaning: 'Another session holds control, or this one does not hold what it wants to give away.',
    clientDoes: 'Wait for `controlChanged`, or ask its holder; admins may use `force`.',
    retryable: false,
  },
  peer_away: {
    meaning: 'The other side is not connected at this moment. The signal was not delivered.',
    clientDoes: 'Keep the signal and send it again after a moment, until the session is closed.',
    retryable: true,
  },
  rate_limited: {
    meaning: 'Too many messages in too short a time.',
    clientDoes: 'Wait `retryAfterMs`, then repeat.',
    retryable: true,
  },
  unavailable: {
    meaning: 'Something that is needed to decide cannot be reached now. Nothing was permitted.',
    clientDoes: 'Repeat with backoff. As the answer to a `hello` that was welcomed: see Talking.',
    retryable: true,
  },
  internal: {
    meaning: 'A fault of the server. It has been recorded.',
    clientDoes: 'Repeat once; then report it with the `requestId`.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof errorCodes;

export const errorCodeNames = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];
