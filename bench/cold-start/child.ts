import { enableCompileCache } from 'node:module';

/** A fresh process, as a Lambda's is: loads one bundle and says how long load and init took. */
const [file = '', cache] = process.argv.slice(2);
if (cache !== undefined) enableCompileCache(cache);
const startedAt = performance.now();
const loaded: { handler?: unknown; default?: { handler?: unknown } } = await import(file);
const tookMs = performance.now() - startedAt;
if (typeof (loaded.handler ?? loaded.default?.handler) !== 'function')
  throw new Error(`${file} has no handler`);
process.stdout.write(`${JSON.stringify({ tookMs, heapBytes: process.memoryUsage().heapUsed })}\n`);
// What a handler has begun, such as to fetch the keys of the tokens, is not waited for.
process.exit(0);
