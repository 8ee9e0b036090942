import dns from 'node:dns';
import { createRequire, enableCompileCache } from 'node:module';

/** A fresh process, as a Lambda's is: loads one bundle and says how long load and init took. */
const [file = '', cache] = process.argv.slice(2);
if (cache !== undefined) enableCompileCache(cache);
// `connection` asks Cognito for its keys at once: the request is made, and does not leave the machine.
Object.assign(dns, { lookup: refuse });
function refuse(_host: string, _options: unknown, told: (failure: Error) => void): void {
  process.nextTick(told, new Error('No name is looked up here.'));
}

const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
// Each as Lambda's runtime loads it.
const loaded: { handler?: unknown } = file.endsWith('.cjs')
  ? createRequire(import.meta.url)(file)
  : await import(file);
const tookMs = performance.now() - startedAt;
const cpu = process.cpuUsage(cpuBefore);
const cpuMs = (cpu.user + cpu.system) / 1_000;
if (typeof loaded.handler !== 'function') throw new Error(`${file} has no handler`);
process.stdout.write(`${JSON.stringify({ tookMs, cpuMs, heapBytes: process.memoryUsage().heapUsed })}\n`);
// What a handler has begun, such as to fetch the keys of the tokens, is not waited for.
process.exit(0);
