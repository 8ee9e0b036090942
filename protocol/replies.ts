import type { ErrorCode } from './error-codes.ts';
import type { Action } from './messages.ts';

/** What answers an action when nothing is refused, and what others get to see of it. For the reference page. */
export const replies: Record<Action, { answer: string; others: string; errors: readonly ErrorCode[] }> = {
  hello: {
    answer: '`welcome`, or `goAway replaced` when a newer connection is the robot',
    others:
      'the replaced connection: `goAway replaced`; peers: `peerBack`, or `sessionClosed` without `resume`; watchers: `robotStatus`',
    errors: ['protocol_unsupported', 'token_expired', 'unauthenticated', 'unavailable'],
  },
  ping: { answer: '`pong`', others: '', errors: [] },
  keepAlive: { answer: 'nothing', others: '', errors: [] },
  refreshToken: {
    answer: '`tokenRefreshed`',
    others: '',
    errors: [
      'token_invalid',
      'token_expired',
      'token_not_newer',
      'identity_mismatch',
      'forbidden',
      'unauthenticated',
      'unavailable',
    ],
  },
  listRobots: {
    answer: '`robots`',
    others: '',
    errors: ['unauthenticated', 'hello_required', 'token_expired', 'forbidden', 'unavailable'],
  },
  watchRobots: {
    answer: '`watching`',
    others: 'later, to the caller: `robotStatus`',
    errors: ['unauthenticated', 'hello_required', 'token_expired', 'forbidden', 'unavailable'],
  },
  openSession: {
    answer: '`sessionOpened`',
    others: 'robot: `sessionRequested`; with control, watchers: `robotStatus`',
    errors: [
      'unauthenticated',
      'hello_required',
      'token_expired',
      'forbidden',
      'robot_unknown',
      'robot_offline',
      'robot_busy',
      'unavailable',
    ],
  },
  signal: {
    answer: '`signalAck` when it has a `requestId`, else nothing',
    others: 'peer: `signal`',
    errors: [
      'unauthenticated',
      'hello_required',
      'token_expired',
      'session_unknown',
      'peer_away',
      'unavailable',
    ],
  },
  closeSession: {
    answer: '`sessionClosed`',
    others: 'peer: `sessionClosed`; when it held control, also `controlChanged`, and watchers: `robotStatus`',
    errors: ['unauthenticated', 'token_expired', 'hello_required', 'session_unknown', 'unavailable'],
  },
  requestControl: {
    answer: '`controlChanged`',
    others:
      'robot and all its sessions: `controlChanged`, watchers: `robotStatus`; when it is held, holder and robot: `controlRequested`',
    errors: [
      'unauthenticated',
      'hello_required',
      'token_expired',
      'session_unknown',
      'forbidden',
      'control_held',
      'peer_away',
      'unavailable',
    ],
  },
  grantControl: {
    answer: '`controlChanged`',
    others: 'robot and all its sessions: `controlChanged`; watchers: `robotStatus`',
    errors: [
      'unauthenticated',
      'hello_required',
      'token_expired',
      'session_unknown',
      'forbidden',
      'control_held',
      'peer_away',
      'unavailable',
    ],
  },
  releaseControl: {
    answer: '`controlChanged` with `sessionId: null`',
    others: 'robot and all its sessions: `controlChanged`; watchers: `robotStatus`',
    errors: [
      'unauthenticated',
      'hello_required',
      'token_expired',
      'session_unknown',
      'forbidden',
      'control_held',
      'unavailable',
    ],
  },
  getIceServers: {
    answer: '`iceServers`',
    others: '',
    errors: ['unauthenticated', 'hello_required', 'token_expired', 'unavailable'],
  },
  bye: {
    answer: 'the socket is closed',
    others: 'peers: `sessionClosed`; watchers: `robotStatus`',
    errors: ['unavailable'],
  },
};
