import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,contract,infra,local,integration}/**/*.test.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    // Two cores in CI, and each integration file runs a whole stack.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters:
      process.env.HELIOGRAPH_TEST_REPORT === undefined
        ? ['default']
        : ['default', ['json', { outputFile: process.env.HELIOGRAPH_TEST_REPORT }]],
  },
});
