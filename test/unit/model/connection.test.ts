import { describe, expect, it } from 'vitest';
import { sessionDeadline } from '../../../functions/core/model/client-session.ts';
import { isExpired, refreshAt } from '../../../functions/core/model/connection.ts';
import { closesAt } from '../../../functions/core/model/connection-deadline.ts';
import { connectionId } from '../../../protocol/ids.ts';
import { makeTokenPolicy } from '../../../protocol/token-policy.ts';

const policy = makeTokenPolicy();
const token = { issuedAt: 1_000, expiresAt: 1_001_000, signedInAt: 1_000 };

describe('isExpired', () => {
  it('I1: is exact, and true at the very moment', () => {
    expect(isExpired(1000, 999)).toBe(false);
    expect(isExpired(1000, 1000)).toBe(true);
    expect(isExpired(1000, 1001)).toBe(true);
  });
});

describe('sessionDeadline', () => {
  it('comes after everything that the connection’s own deadline leads to', () => {
    const connection = {
      connectionId: connectionId.parse('c'),
      connectedAt: 0,
      token,
      state: 'ready',
      settledUntil: 0,
    } as const;
    expect(sessionDeadline(policy, token.expiresAt)).toBe(
      closesAt(policy, connection) + policy.resumeWindowMs,
    );
  });
});

describe('refreshAt', () => {
  it('F2: is a part of the token’s own life after it was issued, a whole number', () => {
    expect(refreshAt(policy, token)).toBe(801_000);
    expect(refreshAt(policy, { issuedAt: 0, expiresAt: 999, signedInAt: 0 })).toBe(799);
  });
});
