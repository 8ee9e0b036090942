import type { LifeEvent } from '../../functions/core/ports/life-log.ts';

type Level = 'info' | 'warn' | 'error' | 'none';

/** What is said of a line in `docs/metrics.md`: its level, by circumstances where it has several, and why. */
export type LogLine = { readonly level: Level; readonly or?: Level; readonly when: string };

/** One for each event: a new one does not compile until it is here. */
export const logLines: { readonly [Type in LifeEvent['type']]: LogLine } = {
  connected: { level: 'info', when: 'A connection was let in.' },
  token_lifetime_mismatch: { level: 'warn', when: 'Its token lives longer or shorter than the policy says.' },
  connect_refused: {
    level: 'warn',
    or: 'none',
    when: 'A handshake was refused: a line for somebody known (403) and for what could not be decided (503); none for what anybody can cause at will.',
  },
  welcomed: { level: 'info', when: 'A `hello` succeeded.' },
  replaced: { level: 'info', when: 'A newer connection has the robot.' },
  claim_given_back: { level: 'warn', when: 'A takeover was undone: `welcome` did not arrive.' },
  client_given_back: { level: 'warn', when: 'The same, of a client.' },
  identity_contested: { level: 'warn', when: 'Two devices take a robot from each other.' },
  control_changed: { level: 'info', when: 'Control of a robot passed, or became free.' },
  refreshed: { level: 'info', when: 'A token was refreshed on the open connection.' },
  token_expiring: { level: 'info', when: 'A holder was warned.' },
  token_expired: { level: 'warn', when: 'A token ran out on an open connection.' },
  rolling_over: { level: 'info', when: 'A connection was told to open its next.' },
  revoked: { level: 'warn', when: 'A revocation was carried out.' },
  session_opened: { level: 'info', when: 'A session began.' },
  session_closed: { level: 'info', when: 'A session ended.' },
  robot_offline: { level: 'info', when: 'A robot did not return in time, or said `bye`.' },
  disconnected: {
    level: 'info',
    or: 'warn',
    when: 'A connection ended; a warning when its token had run out.',
  },
  message_refused: { level: 'none', when: 'A message was refused: its metric names the connection.' },
  posts_failed: { level: 'none', when: 'Posts met nobody, or a limit.' },
  robots_counted: { level: 'none', when: 'The robots were counted.' },
  dependency_unavailable: { level: 'warn', when: 'A call of AWS failed; the caller was told to try again.' },
  fault: { level: 'error', when: 'Something that nobody expected: name and stack, never the message.' },
  cleanup_done: {
    level: 'info',
    or: 'warn',
    when: 'A run of the cleanup that changed something; a warning when it failed at something or did not finish; no line when there was nothing to do.',
  },
};
