import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeClaims } from '../../functions/adapters/cognito/claims.ts';
import type { TokenVerifier } from '../../functions/core/ports/token-verifier.ts';
import { defaultConventions } from '../../functions/pool-conventions.ts';
import { seed } from '../support/property-seed.ts';
import { t0 } from '../unit/core/support/world.ts';
import { playHandshakes } from './support/fuzz/knocks.ts';
import { inputsAsked, verifierOnLoopback } from './support/fuzz/run.ts';

const inputs = Math.ceil(inputsAsked / 4);

let given: Awaited<ReturnType<typeof verifierOnLoopback>>;
beforeAll(async () => {
  given = await verifierOnLoopback();
});
afterAll(() => given.jwks.close());

describe('whatever knocks at $connect', () => {
  it('is refused with a status that is documented, or is let in as who the pool says; nothing else changes', {
    timeout: 60_000 + inputs * 20,
  }, async () => {
    const statuses = await playHandshakes(given, inputs);
    const total = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    const counted = [...statuses].sort().map((of) => of.join(': '));
    process.stdout.write(`${total} handshakes, HELIOGRAPH_PROPERTY_SEED=${seed}; ${counted.join(', ')}\n`);
    expect(total).toBeGreaterThanOrEqual(inputs);
    // It is no fuzzing if nobody comes in.
    for (const status of [200, 400, 401, 403])
      expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(0);
  });

  it.each([
    ['signatures are not looked at', withoutSignature()],
    ['claims are not looked at when the signature is good', withoutTimes()],
    ['a token that cannot be read breaks the verifier', breaking()],
  ] as const)('a mistake is found: %s', async (_what, wrong) => {
    const verifier = wrong(() => given.verifier);
    await expect(playHandshakes({ verifier }, 1_000, { shrink: false })).rejects.toThrow('Property failed');
  });
});

type Wrong = (right: () => TokenVerifier) => TokenVerifier;

function withoutSignature(): Wrong {
  return (right) => ({
    async verify(token) {
      const [, claims = ''] = token.split('.');
      try {
        const payload: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
        return judgeClaims(payload, { now: t0, leewayMs: 30_000, conventions: defaultConventions });
      } catch {
        return right().verify(token);
      }
    },
  });
}

/** As if `exp` were compared with a clock of long ago. */
function withoutTimes(): Wrong {
  return (right) => ({
    async verify(token) {
      const verification = await right().verify(token);
      if (verification.ok || verification.reason !== 'expired') return verification;
      const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      return judgeClaims(payload, { now: 0, leewayMs: 2 * t0, conventions: defaultConventions });
    },
  });
}

function breaking(): Wrong {
  return (right) => ({
    async verify(token) {
      if (token.split('.').length !== 3) throw new TypeError('Cannot read properties of undefined');
      return right().verify(token);
    },
  });
}
