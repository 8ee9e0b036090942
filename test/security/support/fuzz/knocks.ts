import fc from 'fast-check';
import { expect } from 'vitest';
import type { TokenVerifier } from '../../../../functions/core/ports/token-verifier.ts';
import { seed } from '../../../support/property-seed.ts';
import { connectEvent } from '../../../unit/edge/support/gateway-calls.ts';
import { type HandshakeInput, handshake, isGood } from './handshakes.ts';
import { tokens } from './run.ts';
import { newStage, type Stage } from './stage.ts';

/** Handshakes of one world. */
const length = 50;

/** Plays as many handshakes. @returns how often each status was answered */
export async function playHandshakes(
  of: { readonly verifier: TokenVerifier },
  count: number,
  { shrink = true } = {},
): Promise<ReadonlyMap<number, number>> {
  const statuses = new Map<number, number>();
  const several = fc.array(fc.option(handshake, { nil: undefined, freq: 200 }), {
    minLength: length,
    maxLength: length,
  });
  await fc.assert(
    fc.asyncProperty(several, async (knocks) => {
      const stage = await newStage({ tokens, verifier: of.verifier });
      for (const [at, each] of knocks.entries()) {
        if (each === undefined) continue;
        const status = await knock(stage, each, `new-${at}`);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }),
    { numRuns: Math.ceil((count * 1.05) / length), endOnFailure: !shrink, seed },
  );
  return statuses;
}

/** One handshake, looked at from all sides. @returns its status */
async function knock(stage: Stage, { headers, query, ...of }: HandshakeInput, name: string): Promise<number> {
  const event = connectEvent({ headers, ...(query !== undefined && { query }) }, name);
  const { answer, effects } = await stage.watched(() => stage.call(event));
  const { statusCode, body = '' } = answer;
  const told = `${body} ${JSON.stringify(effects.events)} ${JSON.stringify(answer.headers ?? {})}`;
  expect(told).not.toMatch(/eyJ[A-Za-z0-9_-]{30}/);
  expect(effects.events.filter(({ type }) => type === 'fault')).toEqual([]);
  expect(effects.posted).toEqual([]);
  expect(effects.closed).toEqual([]);
  if (statusCode !== 200) {
    expect(effects.changed).toEqual([]);
    // Whether a key that was not looked for exists cannot be said (I10): try again. All else is a plain no.
    const isUnknownKey = typeof of.keyId === 'string' && of.keyId !== 'current';
    expect(isUnknownKey ? [400, 401, 403, 503] : [400, 401, 403]).toContain(statusCode);
    return statusCode;
  }
  const [row, ...others] = effects.changed;
  expect(others).toEqual([]);
  expect(row).toMatchObject({ key: `connections ${name}`, before: undefined });
  // Let in is who the pool says it is, until when the pool says so, and nobody else.
  const { genuine } = of;
  expect(genuine !== undefined && isGood(genuine)).toBe(true);
  expect(row?.after?.value).toMatchObject({
    identity: { principalId: genuine?.claims.sub },
    token: { expiresAt: Math.floor(Number(genuine?.claims.exp) * 1000) },
    state: 'connected',
  });
  return statusCode;
}
