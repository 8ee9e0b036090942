import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import type { CleanupResult } from './cleanup/measure.ts';
import type { ColdStartResult } from './cold-start/measure.ts';
import type { CostResult } from './cost/measure.ts';
import type { FloodResult } from './flood/measure.ts';
import type { HandlerResult } from './handler/measure.ts';
import type { LoadResult } from './load/measure.ts';
import type { MessagesResult } from './messages/measure.ts';

export type Results = {
  messages: MessagesResult;
  cost: CostResult;
  handler: HandlerResult;
  load: LoadResult;
  flood: FloodResult;
  'cold-start': ColdStartResult;
  cleanup: CleanupResult;
};
export type Measurement = keyof Results;

/** What was measured, and in what circumstances: a time without them says nothing. */
export type Kept<M extends Measurement> = {
  readonly command: string;
  readonly measuredAt: string;
  readonly node: string;
  readonly cpus: number;
  /** Of the last minute, at the end. Above `cpus`, others were at work on the machine. */
  readonly load: number;
  readonly form: 'quick' | 'full';
  readonly result: Results[M];
};

const folder = resolve(import.meta.dirname, '../docs/benchmarks/results');

export async function keep<M extends Measurement>(
  measurement: M,
  of: { readonly result: Results[M]; readonly form: Kept<M>['form'] },
): Promise<void> {
  const kept: Kept<M> = {
    command: `npm run bench -- --only ${measurement}${of.form === 'quick' ? ' --quick' : ''}`,
    measuredAt: new Date().toISOString().slice(0, 16),
    node: process.version,
    cpus: cpus().length,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
    ...of,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(resolve(folder, `${measurement}.json`), `${JSON.stringify(kept, null, 2)}\n`);
}

/** Written by `keep`, so taken at its word; undefined when it has never been measured. */
export async function kept<M extends Measurement>(measurement: M): Promise<Kept<M> | undefined> {
  try {
    return JSON.parse(await readFile(resolve(folder, `${measurement}.json`), 'utf8')) as Kept<M>;
  } catch (failure) {
    if (failure instanceof Error && 'code' in failure && failure.code === 'ENOENT') return undefined;
    throw failure;
  }
}
