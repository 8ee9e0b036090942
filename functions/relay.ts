import { relayFunction } from './runtime/relay.ts';

/** Entry of the `relay` Lambda. Everything is made here, once per cold start. */
export const handler = relayFunction(process.env);
