import { cleanupFunction } from './runtime/cleanup.ts';

/** Entry of the `cleanup` Lambda. Everything is made here, once per cold start. */
export const handler = cleanupFunction(process.env);
