import type { Guard } from './guards.ts';
import { anything, fields, flag, listOf, nullable, oneOf, optional, text, whole } from './guards.ts';
import type { GoAwayCode, MessageType, SignalKind } from './messages.ts';

/** A list with every name of a union in it, or it does not compile. */
const every = <Name extends string>(names: Readonly<Record<Name, true>>): Guard =>
  oneOf(...Object.keys(names));

const time = whole(0);
const id = text(1, 128);
const clientId = text(1, 64);
const sessionId: Guard = (value) => typeof value === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(value);
/** A newer server may know more of them than a client in the field: what is not known is heard all the same. */
const name = text(1, 64);
const mode = oneOf('control', 'view');
const robotState = oneOf('online', 'away', 'offline');
const sessionState = oneOf('open', 'suspended');
const side = oneOf('robot', 'client');
const iceServers = listOf(
  fields({ urls: listOf(text()), username: optional(text()), credential: optional(text()) }),
);

const goAwayCode = every<GoAwayCode>({
  connection_max_age: true,
  token_expired: true,
  replaced: true,
  revoked: true,
  shutdown: true,
});
export const signalKind = every<SignalKind>({
  offer: true,
  answer: true,
  candidate: true,
  candidatesEnd: true,
  restart: true,
  custom: true,
});

const session = {
  ...{ sessionId, robotId: id, clientId, mode, state: sessionState },
  ...{ leaseEpoch: whole(0), received: whole(0) },
};
const lease = { controller: nullable(sessionId), leaseEpoch: whole(0) };
const controlledBy = optional(fields({ clientId, userName: optional(text()), sinceAt: time }));
const policy = {
  warnMs: listOf(whole()),
  graceMs: whole(),
  resumeWindowMs: whole(),
  heartbeatMs: whole(),
  reconnectSpreadMs: whole(),
  maxMessageBytes: whole(),
};

/** By type, what each field must be. A test holds this against the protocol's own schemas. */
export const messageGuards: Readonly<Record<MessageType, Readonly<Record<string, Guard>>>> = {
  welcome: {
    connectionId: id,
    kind: side,
    principalId: id,
    robotId: optional(id),
    clientId: optional(clientId),
    resumeKey: optional(text()),
    groups: listOf(text()),
    sentAt: time,
    tokenExpiresAt: time,
    refreshAt: time,
    connectionExpiresAt: time,
    resumed: flag,
    sessions: listOf(fields(session)),
    policy: fields(policy),
  },
  pong: {},
  tokenRefreshed: { sentAt: time, tokenExpiresAt: time, refreshAt: time },
  tokenExpiring: { tokenExpiresAt: time, remainingMs: whole(0) },
  tokenExpired: { graceEndsAt: time },
  robots: {
    robots: listOf(
      fields({
        robotId: id,
        state: robotState,
        sinceAt: optional(time),
        fleets: listOf(text()),
        controlled: flag,
        controlledBy,
      }),
    ),
    cursor: optional(text()),
  },
  watching: {},
  robotStatus: { robotId: id, state: robotState, sinceAt: time, controlledBy },
  sessionOpened: {
    sessionId,
    robotId: id,
    mode,
    state: sessionState,
    ...lease,
    iceServers,
  },
  sessionRequested: { sessionId, clientId, mode, ...lease, iceServers },
  signalAck: { sessionId, seq: whole(1) },
  signal: {
    sessionId,
    robotId: id,
    from: side,
    seq: whole(1),
    kind: signalKind,
    data: anything,
    leaseEpoch: whole(0),
  },
  peerAway: { sessionId, resumeEndsAt: time },
  peerBack: { sessionId, received: whole(0) },
  sessionClosed: { sessionId, reason: name },
  controlChanged: { robotId: id, sessionId: nullable(sessionId), leaseEpoch: whole(0) },
  controlRequested: { sessionId, clientId },
  iceServers: { iceServers, expiresAt: time },
  goAway: { code: goAwayCode, reconnect: flag, reconnectAfterMs: optional(whole(0)) },
  error: {
    code: name,
    message: text(),
    retryable: flag,
    retryAfterMs: optional(whole(1)),
    supported: optional(listOf(whole())),
    sessionId: optional(sessionId),
    seq: optional(whole()),
  },
};
