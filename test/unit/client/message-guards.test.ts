import { describe, expect, it } from 'vitest';
import * as constants from '../../../client/src/wire/constants.ts';
import { messageGuards } from '../../../client/src/wire/message-guards.ts';
import { parseMessage } from '../../../client/src/wire/parse-message.ts';
import { closeReasonNames } from '../../../protocol/close-reasons.ts';
import { errorCodeNames } from '../../../protocol/error-codes.ts';
import { goAwayCodeNames } from '../../../protocol/go-away-codes.ts';
import * as limits from '../../../protocol/limits.ts';
import { signalKind } from '../../../protocol/messages/signal-words.ts';
import { serverMessage, serverMessages } from '../../../protocol/messages.ts';

const iceServers = [{ urls: ['turn:turn.example'], username: 'u', credential: 'c' }];
const session = {
  sessionId: 's-1',
  robotId: 'rover-1',
  clientId: 'c',
  mode: 'view',
  leaseEpoch: 1,
  state: 'open',
  received: 0,
};
const times = { sentAt: 1, tokenExpiresAt: 2, refreshAt: 3 };

/** One whole message of each type, with every optional field. */
const samples: Record<keyof typeof serverMessages, Record<string, unknown>> = {
  welcome: {
    connectionId: 'x=',
    kind: 'robot',
    principalId: 'p',
    robotId: 'rover-1',
    clientId: 'c',
    resumeKey: 'k',
    groups: ['robots'],
    ...times,
    connectionExpiresAt: 4,
    resumed: true,
    sessions: [session],
    policy: {
      warnMs: [1],
      graceMs: 1,
      resumeWindowMs: 1,
      heartbeatMs: 1,
      reconnectSpreadMs: 1,
      maxMessageBytes: 1,
    },
  },
  pong: {},
  tokenRefreshed: times,
  tokenExpiring: { tokenExpiresAt: 1, remainingMs: 0 },
  tokenExpired: { graceEndsAt: 1 },
  robots: {
    robots: [
      {
        robotId: 'r',
        state: 'away',
        sinceAt: 1,
        fleets: ['demo'],
        controlled: false,
        controlledBy: { clientId: 'c', sinceAt: 1 },
      },
    ],
    cursor: 'next',
  },
  watching: {},
  robotStatus: {
    robotId: 'r',
    state: 'offline',
    sinceAt: 1,
    controlledBy: { clientId: 'c', userName: 'u', sinceAt: 1 },
  },
  sessionOpened: {
    sessionId: 's',
    robotId: 'r',
    mode: 'control',
    state: 'suspended',
    controller: 's',
    leaseEpoch: 0,
    iceServers,
  },
  sessionRequested: {
    ...{ sessionId: 's', clientId: 'c', mode: 'view' },
    ...{ controller: null, leaseEpoch: 3, iceServers },
  },
  signalAck: { sessionId: 's', seq: 1 },
  signal: {
    sessionId: 's',
    robotId: 'r',
    from: 'client',
    seq: 1,
    kind: 'custom',
    data: { any: [1] },
    leaseEpoch: 0,
  },
  peerAway: { sessionId: 's', resumeEndsAt: 1 },
  peerBack: { sessionId: 's', received: 0 },
  sessionClosed: { sessionId: 's', reason: 'closed' },
  controlChanged: { robotId: 'r', sessionId: 's', leaseEpoch: 0 },
  controlRequested: { sessionId: 's', clientId: 'c' },
  iceServers: { iceServers, expiresAt: 1 },
  goAway: { code: 'shutdown', reconnect: true, reconnectAfterMs: 0 },
  error: {
    code: 'internal',
    message: 'm',
    retryable: true,
    retryAfterMs: 1,
    supported: [1],
    sessionId: 's',
    seq: 1,
  },
};

const strange = [null, -1, 0, 1.5, 1e300, true, '', 'x', 'a b', 'x'.repeat(129), [], [null], {}, [{}], [[]]];

/** Every message that differs from a whole one in a single place, however deep. */
function* variants(value: unknown): Generator<unknown> {
  yield* strange;
  yield undefined;
  if (Array.isArray(value)) {
    for (const variant of variants(value[0])) yield [variant];
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value)) {
      for (const variant of variants(field)) yield { ...value, [name]: variant };
    }
  }
}

/** The names that a newer server may know more of: this client hears any. */
const openNames: Readonly<Record<string, string>> = { error: 'code', sessionClosed: 'reason' };

function agree(message: Readonly<Record<string, unknown>>): void {
  const text = JSON.stringify(message);
  const field = openNames[String(message.type)];
  const name = field === undefined ? undefined : message[field];
  const isName = typeof name === 'string' && name.length >= 1 && name.length <= 64;
  const known =
    field !== undefined && isName
      ? { ...message, [field]: samples[message.type as 'error'][field] }
      : message;
  const asked = serverMessage.safeParse(JSON.parse(JSON.stringify(known))).success;
  expect(parseMessage(text).is === 'message', text).toBe(asked);
}

describe('the hand-written guards are the schemas of the protocol', () => {
  it('for the same types', () => {
    expect(Object.keys(messageGuards).sort()).toEqual(Object.keys(serverMessages).sort());
  });

  it.each(Object.entries(samples))('%s', (type, fields) => {
    const whole = { type, ...fields };
    expect(parseMessage(JSON.stringify(whole))).toEqual({ is: 'message', message: whole });
    expect(parseMessage(JSON.stringify({ ...whole, unheardOf: 1 })).is).toBe('message');
    for (const [name, field] of Object.entries(fields)) {
      for (const variant of variants(field)) agree({ ...whole, [name]: variant });
    }
    if (type !== 'pong') {
      for (const requestId of [...strange, 'r'.repeat(64), 'r'.repeat(65)]) agree({ ...whole, requestId });
    }
  });

  it('for every name of every union', () => {
    for (const reason of closeReasonNames) agree({ type: 'sessionClosed', sessionId: 's', reason });
    for (const code of goAwayCodeNames) agree({ type: 'goAway', code, reconnect: true });
    for (const code of errorCodeNames) agree({ type: 'error', code, message: '', retryable: true });
    for (const kind of signalKind.options) agree({ type: 'signal', ...samples.signal, kind });
  });

  it('but for a reason or an error of a newer server, which is heard', () => {
    const isHeard = (message: object) => parseMessage(JSON.stringify(message)).is;
    expect(isHeard({ type: 'sessionClosed', sessionId: 's', reason: 'of_2028' })).toBe('message');
    expect(isHeard({ type: 'error', code: 'of_2028', message: 'm', retryable: false })).toBe('message');
    expect(isHeard({ type: 'goAway', code: 'of_2028', reconnect: true })).toBe('malformed');
  });

  it('and the constants are the same', () => {
    expect({ ...constants }).toEqual({ ...limits });
  });
});
