import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    // Each file has a browser, a stack and robots, and some measure time: one after the other.
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters:
      process.env.HELIOGRAPH_BROWSER_TEST_REPORT === undefined
        ? ['default']
        : ['default', ['json', { outputFile: process.env.HELIOGRAPH_BROWSER_TEST_REPORT }]],
  },
});
