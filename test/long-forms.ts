import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

/**
 * The tests that `npm test` runs in short, at full length: tokens of 30 s over ten lives in real time,
 * and 10,000 programs of the state model. About 25 minutes on two cores.
 */
const longForms = {
  HELIOGRAPH_TOKEN_LIFE_MS: '30000',
  HELIOGRAPH_PROPERTY_RUNS: '10000',
};
const files = ['test/integration/token-life.test.ts', 'test/unit/core/model'];

const vitest = resolve(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', ...files], {
  stdio: 'inherit',
  env: { ...longForms, ...process.env },
});
child.once('exit', (code) => process.exit(code ?? 1));
