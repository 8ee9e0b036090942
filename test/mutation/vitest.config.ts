import { defineConfig } from 'vitest/config';

/** What a mutant of `core/` has to get past: its unit tests, without the state model, which would take days. */
export default defineConfig({
  test: {
    include: ['test/unit/core/*.test.ts', 'test/unit/model/*.test.ts'],
    // As long as all the others together.
    exclude: ['test/unit/core/every-call-fails.test.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    testTimeout: 10_000,
    // What is imported is built once a run, not once a file: half the time of a mutant. Unit tests of the core share nothing else.
    isolate: false,
  },
});
