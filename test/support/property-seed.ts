import fc from 'fast-check';

/** The same number makes every property test of a run try the same again. Each prints it when it fails. */
export const seed = Number(process.env.HELIOGRAPH_PROPERTY_SEED ?? Date.now() % 2 ** 31);

fc.configureGlobal({ seed });
