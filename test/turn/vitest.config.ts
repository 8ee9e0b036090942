import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** The tests that need a TURN server on this machine: not part of `npm test`, which needs only Node. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/turn/**/*.test.ts'] },
});
