import { expect, it } from 'vitest';
import { sessionDeadline } from '../../../functions/core/model/client-session.ts';
import { connectionDeadline } from '../../../functions/core/model/connection-deadline.ts';
import { connectionId } from '../../../protocol/ids.ts';
import { makeTokenPolicy } from '../../../protocol/token-policy.ts';

const at = 1_800_000_000_000;

it.each([30_000, 300_000, 14_400_000])(
  'a session is looked at later than anything that the end of its connection leads to (token of %i ms)',
  (tokenMs) => {
    const policy = makeTokenPolicy({ tokenMs });
    const expiresAt = at + tokenMs;
    const connection = {
      connectionId: connectionId.parse('A'),
      connectedAt: at,
      token: { issuedAt: at, expiresAt, signedInAt: at },
      state: 'ready',
      settledUntil: expiresAt,
    } as const;
    const lastOfConnection = connectionDeadline(policy, connection);
    expect(lastOfConnection).toBeLessThanOrEqual(expiresAt + policy.graceMs);
    expect(sessionDeadline(policy, expiresAt)).toBe(expiresAt + policy.graceMs + policy.resumeWindowMs);
  },
);
