import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';

/**
 * The tests that `npm test` runs in short, at full length: tokens of 30 s over ten lives in real time,
 * 40 clients under faults for 5 minutes, 10,000 programs of the state model, and 100,000 fuzzed messages.
 * About 40 minutes on two cores. Arguments: only these files.
 */
const longForms = {
  HELIOGRAPH_TOKEN_LIFE_MS: '30000',
  HELIOGRAPH_FAULTS_MS: '300000',
  HELIOGRAPH_PROPERTY_RUNS: '10000',
  HELIOGRAPH_FUZZ_INPUTS: '100000',
};
const all = [
  'test/integration/token-life.test.ts',
  'test/integration/faults.test.ts',
  'test/unit/core/model',
  'test/security',
];
const asked = process.argv.slice(2);
const files = asked.length > 0 ? asked : all;

const vitest = resolve(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', ...files], {
  stdio: 'inherit',
  env: { ...longForms, ...process.env },
});
child.once('exit', (code) => process.exit(code ?? 1));
