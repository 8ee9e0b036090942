import { sessionsFunction } from './runtime/sessions.ts';

/** Entry of the `sessions` Lambda. Everything is made here, once per cold start. */
export const handler = sessionsFunction(process.env);
