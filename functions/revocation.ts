import { revocationFunction } from './runtime/revocation.ts';

/** Entry of the `revocation` Lambda. Everything is made here, once per cold start. */
export const handler = revocationFunction(process.env);
