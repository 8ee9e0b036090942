import { configDefaults, defineConfig } from 'vitest/config';

/** What would be about the machine rather than about us if others ran beside it. */
const alone = ['test/integration/faults.test.ts'];

export default defineConfig({
  test: {
    setupFiles: ['test/support/property-seed.ts'],
    // Two cores in CI, and each integration file runs a whole stack.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for comes at some time: a second is too short where a process starts beside another stack.
    expect: { poll: { timeout: 15_000 } },
    reporters:
      process.env.HELIOGRAPH_TEST_REPORT === undefined
        ? ['default']
        : ['default', ['json', { outputFile: process.env.HELIOGRAPH_TEST_REPORT }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/{unit,contract,infra,local,integration,security,load}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...alone],
        },
      },
      { extends: true, test: { name: 'alone', include: alone, sequence: { groupOrder: 1 } } },
    ],
  },
});
