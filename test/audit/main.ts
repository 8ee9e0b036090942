import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { inWords, verdictOn } from './verdict.ts';

/**
 * Asks the registry's advisories about what is deployed or published. Ends with 1 for an advisory; without
 * an answer with 0 and a clear word, or with 2 where `--strict` is given, for the job whose only task this is.
 */
const { stdout } = spawnSync(
  'npm',
  ['audit', '--json', '--omit=dev', '--fetch-retries=1', '--fetch-timeout=20000'],
  { encoding: 'utf8', timeout: 120_000, maxBuffer: 64 * 1024 * 1024, shell: process.platform === 'win32' },
);
const verdict = verdictOn(stdout ?? '');
process.stdout.write(`${inWords(verdict)}\n`);

const { HELIOGRAPH_TEST_REPORT: report } = process.env;
if (report !== undefined) {
  // As vitest writes it; what was not asked has neither passed nor failed.
  const counts = {
    numPassedTests: Number(verdict.state === 'clean'),
    numFailedTests: Number(verdict.state === 'found'),
  };
  writeFileSync(report, JSON.stringify(counts));
}
const isStrict = process.argv.includes('--strict');
process.exitCode = verdict.state === 'found' ? 1 : verdict.state === 'unasked' && isStrict ? 2 : 0;
