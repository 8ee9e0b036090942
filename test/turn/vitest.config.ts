import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

const { projects: _, ...common } = base.test ?? {};

/** The tests that need a TURN server on this machine: not part of `npm test`, which needs only Node. */
export default defineConfig({
  ...base,
  test: { ...common, include: ['test/turn/**/*.test.ts'] },
});
