import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seed } from '../support/property-seed.ts';
import { messageRoutes } from '../unit/edge/support/gateway-calls.ts';
import { inputsAsked, playInputs, verifierOnLoopback } from './support/fuzz/run.ts';

let given: Awaited<ReturnType<typeof verifierOnLoopback>>;
beforeAll(async () => {
  given = await verifierOnLoopback();
});
afterAll(() => given.jwks.close());

describe('whatever is sent', () => {
  it('is answered as the reference says, and has no effect on anybody whom it does not concern', {
    timeout: 60_000 + inputsAsked * 20,
  }, async () => {
    const { inputs, answers } = await playInputs({ verifier: given.verifier }, inputsAsked);
    const counted = [...answers].sort().map(([name, count]) => `${name} ${count}`);
    process.stdout.write(`${inputs} inputs, HELIOGRAPH_PROPERTY_SEED=${seed}\n${counted.join(', ')}\n`);
    expect(inputs).toBeGreaterThanOrEqual(inputsAsked);
    // It is no fuzzing if everything dies at the door: each action was refused, and each was done.
    for (const route of messageRoutes) {
      const done = counted.filter((line) => line.startsWith(`${route} `));
      expect(
        done.some((line) => line.includes('bad_request')),
        route,
      ).toBe(true);
      expect(
        done.some((line) => !/_|forbidden|unavailable/.test(line)),
        `${route}: ${done}`,
      ).toBe(true);
    }
  });
});
