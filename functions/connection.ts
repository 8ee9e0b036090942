import { connectionFunction } from './runtime/connection.ts';

/** Entry of the `connection` Lambda. Everything is made here, once per cold start. */
export const handler = connectionFunction(process.env);
