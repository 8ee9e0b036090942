// Sums JSON reports of vitest, given as FILE=EXIT_CODE, into the line `N passed, N failed`.
//
// A stage that failed without a failed test (types, lint, a file that does not load, no report at
// all) counts as one failure, so that the line cannot look green when the run is not. Plain
// JavaScript: it must also run when the installation has failed and there is only the host's Node.
import { readFileSync } from 'node:fs';

function countsOf(argument) {
  const [, file = '', exitCode = ''] = /^(.*)=(\d+)$/.exec(argument) ?? [];
  try {
    const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(file, 'utf8'));
    return { passed, failed: Math.max(failed, exitCode === '0' ? 0 : 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const stages = process.argv.slice(2).map(countsOf);
const passed = stages.reduce((sum, stage) => sum + stage.passed, 0);
const failed = stages.reduce((sum, stage) => sum + stage.failed, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
