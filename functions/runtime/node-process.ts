/**
 * Stands in for `node:process` in the bundles (`lib/constructs/bundling.ts`), with what the SDK takes from
 * it. An ES module that imports the real one reads each of its properties, and opens standard input and
 * output by that: 8 ms of a start.
 */
export const { env, versions } = process;
