import { describe, expect, it } from 'vitest';
import { closeReasonNames, closeReasons } from '../../../protocol/close-reasons.ts';
import { type ErrorCode, errorCodeNames, errorCodes } from '../../../protocol/error-codes.ts';
import { goAwayCodeNames, goAwayCodes } from '../../../protocol/go-away-codes.ts';
import { handshakeRefusals, tokenCarriers } from '../../../protocol/handshake.ts';
import { clientId, connectionId, principalId, requestId, robotId, sessionId } from '../../../protocol/ids.ts';
import { maxMessageBytes, protocolVersion, subprotocol } from '../../../protocol/limits.ts';
import { replies } from '../../../protocol/replies.ts';

/** As the design names them. */
const designed: readonly ErrorCode[] = [
  'bad_request',
  'unknown_action',
  'protocol_unsupported',
  'payload_too_large',
  'hello_required',
  'unauthenticated',
  'token_invalid',
  'token_expired',
  'token_not_newer',
  'identity_mismatch',
  'forbidden',
  'robot_unknown',
  'robot_offline',
  'robot_busy',
  'session_unknown',
  'control_held',
  'peer_away',
  'rate_limited',
  'unavailable',
  'internal',
];

describe('the table of error codes', () => {
  it('has every code of the design', () => {
    expect(errorCodeNames).toEqual(expect.arrayContaining([...designed]));
  });

  it.each(errorCodeNames)('says of %s what it means and what a client does on it', (code) => {
    const { meaning, clientDoes } = errorCodes[code];
    for (const sentence of [meaning, clientDoes]) expect(sentence).toMatch(/^[A-Z].{10,}\.$/);
  });

  it('I10: calls retryable what another try can change, and nothing else', () => {
    const retryable = errorCodeNames.filter((code) => errorCodes[code].retryable);
    expect(retryable.sort()).toEqual(
      ['robot_offline', 'robot_busy', 'peer_away', 'rate_limited', 'unavailable', 'internal'].sort(),
    );
  });

  it('is what the table of replies names its errors from', () => {
    for (const { errors } of Object.values(replies)) {
      expect(new Set(errors).size).toBe(errors.length);
      for (const code of errors) expect(errorCodeNames).toContain(code);
    }
  });
});

describe('the table of goAway codes', () => {
  it('is the design’s, each with its meaning and what a client does', () => {
    expect([...goAwayCodeNames].sort()).toEqual(
      ['connection_max_age', 'token_expired', 'replaced', 'revoked', 'shutdown'].sort(),
    );
    for (const { meaning, clientDoes } of Object.values(goAwayCodes)) {
      for (const sentence of [meaning, clientDoes]) expect(sentence).toMatch(/^[A-Z].{10,}\.$/);
    }
  });
});

it('the close reasons are the design’s, each with its meaning', () => {
  expect([...closeReasonNames].sort()).toEqual(
    ['closed', 'refused', 'busy', 'expired', 'revoked', 'forbidden', 'robot_offline', 'resume_ended'].sort(),
  );
  for (const meaning of Object.values(closeReasons)) expect(meaning).toMatch(/^[A-Z].{10,}\.$/);
});

it('a refused handshake has one of four statuses, and a token one of three carriers, in order', () => {
  expect(Object.keys(handshakeRefusals)).toEqual(['400', '401', '403', '503']);
  expect(Object.keys(tokenCarriers)).toEqual(['header', 'subprotocol', 'query']);
});

it('the limits are the design’s', () => {
  expect({ maxMessageBytes, protocolVersion, subprotocol }).toEqual({
    maxMessageBytes: 30_720,
    protocolVersion: 1,
    subprotocol: 'heliograph.v1',
  });
});

describe('ids', () => {
  it.each([
    ['connectionId', 128, connectionId],
    ['robotId', 128, robotId],
    ['clientId', 64, clientId],
    ['sessionId', 64, sessionId],
    ['principalId', 128, principalId],
    ['requestId', 64, requestId],
  ] as const)('%s has 1 to %i characters', (_name, longest, schema) => {
    expect(schema.safeParse('x').success).toBe(true);
    expect(schema.safeParse('x'.repeat(longest)).success).toBe(true);
    expect(schema.safeParse('x'.repeat(longest + 1)).success).toBe(false);
    expect(schema.safeParse('').success).toBe(false);
    expect(schema.safeParse(1).success).toBe(false);
  });

  it('a robot may have any user name that Cognito allows', () => {
    for (const name of ['rover#1', 'a b', 'rövér', '机器人', 'a/b', '💡']) {
      expect(robotId.safeParse(name).success).toBe(true);
    }
  });
});
