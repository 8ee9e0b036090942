import { describe, expect, it } from 'vitest';
import { sessionDeadline } from '../../../functions/core/model/client-session.ts';
import { connectionDeadline, isExpired, refreshAt } from '../../../functions/core/model/connection.ts';
import { makeTokenPolicy } from '../../../protocol/token-policy.ts';

const policy = makeTokenPolicy({ graceMs: 60_000, helloWithinMs: 30_000, resumeWindowMs: 120_000 });
const token = { issuedAt: 1_000, expiresAt: 1_001_000 };

describe('isExpired', () => {
  it('I1: is exact, and true at the very moment', () => {
    expect(isExpired(1000, 999)).toBe(false);
    expect(isExpired(1000, 1000)).toBe(true);
    expect(isExpired(1000, 1001)).toBe(true);
  });
});

describe('connectionDeadline', () => {
  const at = (state: 'connected' | 'ready' | 'closing', connectedAt: number) =>
    connectionDeadline(policy, { connectedAt, token, state });

  it('is the end of the time for hello while there was none', () => {
    expect(at('connected', 5_000)).toBe(35_000);
  });

  it('is the end of the grace where that comes first', () => {
    expect(at('connected', 1_050_000)).toBe(1_061_000);
  });

  it('is the end of the grace after hello', () => {
    expect(at('ready', 5_000)).toBe(1_061_000);
  });
});

describe('sessionDeadline', () => {
  it('comes after everything that the connection’s own deadline leads to', () => {
    const connectionsOwn = connectionDeadline(policy, { connectedAt: 0, token, state: 'ready' });
    expect(sessionDeadline(policy, token.expiresAt)).toBe(connectionsOwn + policy.resumeWindowMs);
  });
});

describe('refreshAt', () => {
  it('F2: is a part of the token’s own life after it was issued, a whole number', () => {
    expect(refreshAt(policy, token)).toBe(801_000);
    expect(refreshAt(policy, { issuedAt: 0, expiresAt: 999 })).toBe(799);
  });
});
