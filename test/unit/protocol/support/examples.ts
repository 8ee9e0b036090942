import type { Action, serverMessages } from '../../../../protocol/messages.ts';

type Example = {
  /** With every field that it may have. */
  readonly full: Readonly<Record<string, unknown>>;
  /** With the fields that it must have. */
  readonly least: Readonly<Record<string, unknown>>;
};

type ServerType = keyof typeof serverMessages;

const requestId = 'request-1';
const sessionId = 'Jx2n0c9Y6XyQm1bq3dE4fA';
const robotId = 'rover-1';
const clientId = 'a1B2c3D4e5F6g7H8i9J0kL';
const iceServers = [
  { urls: ['stun:stun.example.org'] },
  { urls: ['turn:turn.example.org'], username: 'user', credential: 'secret' },
];
const at = 1_800_000_000_000;
const controlledBy = { clientId: 'c3', userName: 'operator-1', sinceAt: at };

/** One of each: an action that is missing here does not compile. */
export const clientExamples: Record<Action, Example> = {
  hello: {
    full: {
      action: 'hello',
      requestId,
      protocol: 1,
      resume: `${clientId}.key`,
      received: { [sessionId]: 12, 'another-session': 0 },
      agent: 'example/1.0',
    },
    least: { action: 'hello', protocol: 1 },
  },
  ping: { full: { action: 'ping', requestId }, least: { action: 'ping' } },
  keepAlive: { full: { action: 'keepAlive', requestId }, least: { action: 'keepAlive' } },
  refreshToken: {
    full: { action: 'refreshToken', requestId, token: 'a.b.c' },
    least: { action: 'refreshToken', token: 'a.b.c' },
  },
  listRobots: {
    full: { action: 'listRobots', requestId, cursor: '["demo","rover-1"]' },
    least: { action: 'listRobots' },
  },
  watchRobots: {
    full: { action: 'watchRobots', requestId, robotIds: [robotId, 'rover-2'] },
    least: { action: 'watchRobots' },
  },
  openSession: {
    full: { action: 'openSession', requestId, robotId, mode: 'control' },
    least: { action: 'openSession', robotId, mode: 'view' },
  },
  signal: {
    full: { action: 'signal', requestId, sessionId, robotId, seq: 1, kind: 'offer', data: { sdp: 'v=0' } },
    least: { action: 'signal', sessionId, robotId, seq: 1, kind: 'candidatesEnd' },
  },
  closeSession: {
    full: { action: 'closeSession', requestId, sessionId, robotId, reason: 'refused' },
    least: { action: 'closeSession', sessionId, robotId },
  },
  requestControl: {
    full: { action: 'requestControl', requestId, sessionId, robotId, force: true },
    least: { action: 'requestControl', sessionId, robotId },
  },
  grantControl: {
    full: { action: 'grantControl', requestId, sessionId, robotId, to: 'another-session' },
    least: { action: 'grantControl', sessionId, robotId, to: 'another-session' },
  },
  releaseControl: {
    full: { action: 'releaseControl', requestId, sessionId, robotId },
    least: { action: 'releaseControl', sessionId, robotId },
  },
  getIceServers: { full: { action: 'getIceServers', requestId }, least: { action: 'getIceServers' } },
  bye: { full: { action: 'bye', requestId, signOut: true }, least: { action: 'bye' } },
};

export const wrongClientMessages: readonly { action: Action; field: string; value: unknown }[] = [
  ...wrong('hello', 'protocol', ['1', 1.5, null]),
  ...wrong('hello', 'agent', [1, 'x'.repeat(129)]),
  ...wrong('hello', 'resume', ['', false, 1, null, {}, 'x'.repeat(257)]),
  ...wrong('hello', 'received', [[1], 'all', { 'a b': 1 }, { a: -1 }, { a: 1.5 }, { a: '1' }, { '': 1 }]),
  ...wrong('refreshToken', 'token', ['', 1, 'x'.repeat(16_385), ['a.b.c']]),
  ...wrong('listRobots', 'cursor', [1, 'x'.repeat(513), {}]),
  ...wrong('watchRobots', 'robotIds', [[], '', 'rover-1', [''], [1], Array(51).fill('rover-1'), null]),
  ...wrong('openSession', 'robotId', ['', 1, 'x'.repeat(129)]),
  ...wrong('openSession', 'mode', ['drive', 'Control', true]),
  ...wrong('signal', 'sessionId', ['', 'a b', 'a#b', 'x'.repeat(65), 'ä']),
  ...wrong('signal', 'robotId', ['', {}]),
  ...wrong('signal', 'seq', [0, -1, 1.5, '1', 2 ** 53]),
  ...wrong('signal', 'kind', ['Offer', 'bye', 1]),
  ...wrong('closeSession', 'sessionId', ['a/b', null]),
  ...wrong('closeSession', 'robotId', ['', null]),
  ...wrong('requestControl', 'sessionId', ['a b', null]),
  ...wrong('requestControl', 'robotId', ['', 'x'.repeat(129)]),
  ...wrong('requestControl', 'force', ['true', 1, null]),
  ...wrong('grantControl', 'sessionId', ['', 'x'.repeat(65)]),
  ...wrong('grantControl', 'robotId', ['', null]),
  ...wrong('grantControl', 'to', ['', 'a b', null, 1]),
  ...wrong('releaseControl', 'sessionId', ['', 'ä']),
  ...wrong('releaseControl', 'robotId', ['', 1]),
  ...wrong('closeSession', 'reason', ['expired', 'revoked', 'robot_offline', '']),
];

function wrong<Name extends string>(action: Name, field: string, values: readonly unknown[]) {
  return values.map((value) => ({ action, field, value }));
}

const welcomePolicy = {
  warnMs: [600_000, 120_000],
  graceMs: 60_000,
  resumeWindowMs: 120_000,
  heartbeatMs: 480_000,
  reconnectSpreadMs: 2_000,
  maxMessageBytes: 30_720,
};

const welcome = {
  type: 'welcome',
  connectionId: 'L0SM9cOFvHcCIhw=',
  kind: 'client',
  principalId: '3f1c-principal',
  groups: ['operators', 'fleet:demo'],
  tokenExpiresAt: at,
  sentAt: at,
  refreshAt: at,
  connectionExpiresAt: at,
  resumed: false,
  sessions: [],
  policy: welcomePolicy,
};

const resumedSession = {
  ...{ sessionId, robotId, clientId, mode: 'view', leaseEpoch: 2 },
  ...{ state: 'suspended', received: 0 },
};

/** One of each: a type that is missing here does not compile. */
export const serverExamples: Record<ServerType, Example> = {
  welcome: {
    full: { ...welcome, requestId, robotId, clientId, resumeKey: 'a key', sessions: [resumedSession] },
    least: welcome,
  },
  pong: { full: { type: 'pong' }, least: { type: 'pong' } },
  tokenRefreshed: {
    full: { type: 'tokenRefreshed', requestId, sentAt: at, tokenExpiresAt: at, refreshAt: at },
    least: { type: 'tokenRefreshed', sentAt: at, tokenExpiresAt: at, refreshAt: at },
  },
  tokenExpiring: {
    full: { type: 'tokenExpiring', tokenExpiresAt: at, remainingMs: 600_000 },
    least: { type: 'tokenExpiring', tokenExpiresAt: at, remainingMs: 0 },
  },
  tokenExpired: {
    full: { type: 'tokenExpired', graceEndsAt: at },
    least: { type: 'tokenExpired', graceEndsAt: at },
  },
  robots: {
    full: {
      type: 'robots',
      requestId,
      robots: [{ robotId, state: 'away', sinceAt: at, fleets: ['demo'], controlled: true, controlledBy }],
      cursor: '["demo","rover-1"]',
    },
    least: { type: 'robots', robots: [] },
  },
  watching: { full: { type: 'watching', requestId }, least: { type: 'watching' } },
  robotStatus: {
    full: { type: 'robotStatus', requestId, robotId, state: 'away', sinceAt: at, controlledBy },
    least: { type: 'robotStatus', robotId, state: 'online', sinceAt: 0 },
  },
  peerAway: {
    full: { type: 'peerAway', requestId, sessionId, resumeEndsAt: at },
    least: { type: 'peerAway', sessionId, resumeEndsAt: 0 },
  },
  peerBack: {
    full: { type: 'peerBack', requestId, sessionId, received: 7 },
    least: { type: 'peerBack', sessionId, received: 0 },
  },
  controlChanged: {
    full: { type: 'controlChanged', requestId, robotId, sessionId, leaseEpoch: 3 },
    least: { type: 'controlChanged', robotId, sessionId: null, leaseEpoch: 0 },
  },
  controlRequested: {
    full: { type: 'controlRequested', requestId, sessionId, clientId },
    least: { type: 'controlRequested', sessionId, clientId },
  },
  sessionOpened: {
    full: {
      type: 'sessionOpened',
      requestId,
      sessionId,
      robotId,
      mode: 'control',
      state: 'open',
      controller: sessionId,
      leaseEpoch: 1,
      iceServers,
    },
    least: {
      type: 'sessionOpened',
      sessionId,
      robotId,
      mode: 'view',
      state: 'suspended',
      controller: null,
      leaseEpoch: 0,
      iceServers: [],
    },
  },
  sessionRequested: {
    full: {
      type: 'sessionRequested',
      requestId,
      sessionId,
      clientId,
      mode: 'control',
      controller: sessionId,
      leaseEpoch: 1,
      iceServers,
    },
    least: {
      type: 'sessionRequested',
      sessionId,
      clientId,
      mode: 'view',
      controller: null,
      leaseEpoch: 0,
      iceServers: [],
    },
  },
  signalAck: {
    full: { type: 'signalAck', requestId, sessionId, seq: 1 },
    least: { type: 'signalAck', sessionId, seq: 1 },
  },
  signal: {
    full: {
      type: 'signal',
      requestId,
      sessionId,
      robotId,
      from: 'robot',
      seq: 1,
      kind: 'candidate',
      data: [{}],
      leaseEpoch: 0,
    },
    least: { type: 'signal', sessionId, robotId, from: 'client', seq: 1, kind: 'restart', leaseEpoch: 2 },
  },
  sessionClosed: {
    full: { type: 'sessionClosed', requestId, sessionId, reason: 'robot_offline' },
    least: { type: 'sessionClosed', sessionId, reason: 'closed' },
  },
  iceServers: {
    full: { type: 'iceServers', requestId, iceServers, expiresAt: at },
    least: { type: 'iceServers', iceServers: [], expiresAt: 0 },
  },
  goAway: {
    full: { type: 'goAway', requestId, code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 },
    least: { type: 'goAway', code: 'token_expired', reconnect: true },
  },
  error: {
    full: {
      type: 'error',
      requestId,
      code: 'peer_away',
      message: 'The other side is away.',
      retryable: true,
      retryAfterMs: 1,
      supported: [1],
      sessionId,
      seq: 1,
    },
    least: { type: 'error', code: 'internal', message: '', retryable: true },
  },
};

export const wrongServerMessages: readonly { type: ServerType; field: string; value: unknown }[] = [
  { type: 'welcome', field: 'kind', value: 'person' },
  { type: 'welcome', field: 'tokenExpiresAt', value: -1 },
  { type: 'welcome', field: 'policy', value: { ...welcomePolicy, graceMs: 0.5 } },
  { type: 'welcome', field: 'sessions', value: [{ ...resumedSession, received: -1 }] },
  { type: 'tokenRefreshed', field: 'refreshAt', value: 'soon' },
  { type: 'robots', field: 'robots', value: [{ robotId, state: 'online' }] },
  { type: 'welcome', field: 'sessions', value: [{ ...resumedSession, state: 'closed' }] },
  { type: 'welcome', field: 'resumeKey', value: 7 },
  { type: 'robotStatus', field: 'state', value: 'lost' },
  { type: 'robotStatus', field: 'sinceAt', value: -1 },
  { type: 'robotStatus', field: 'controlledBy', value: { clientId: 'c' } },
  { type: 'peerAway', field: 'resumeEndsAt', value: 'soon' },
  { type: 'peerBack', field: 'received', value: -1 },
  { type: 'controlChanged', field: 'sessionId', value: 'a b' },
  { type: 'controlChanged', field: 'leaseEpoch', value: -1 },
  { type: 'controlRequested', field: 'clientId', value: '' },
  { type: 'sessionOpened', field: 'leaseEpoch', value: -1 },
  { type: 'sessionOpened', field: 'controller', value: 'a b' },
  { type: 'sessionClosed', field: 'reason', value: 'tired' },
  { type: 'signal', field: 'from', value: 'server' },
  { type: 'signalAck', field: 'seq', value: 0 },
  { type: 'goAway', field: 'code', value: 'because' },
  { type: 'error', field: 'code', value: 'oops' },
  { type: 'error', field: 'retryAfterMs', value: 0 },
  { type: 'iceServers', field: 'iceServers', value: [{ urls: 'stun:stun.example.org' }] },
];
