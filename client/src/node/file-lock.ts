import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from './private-files.ts';

const lookEveryMs = 50;
/** Longer than any work that is done under it: three calls of 10 s. */
const staleAfterMs = 60_000;
/** A lock that says nobody's name: who made it was killed before it wrote its own. */
const namelessAfterMs = 2_000;

/** Runs `work` while no other process runs any under the same lock file. */
export async function underLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify({ host: hostname(), pid: process.pid, id: randomBytes(8).toString('hex') });
  while (!(await tryLock(path, mine))) {
    if (await isLeftOver(path)) await breakLock(path);
    else await sleep(lookEveryMs);
  }
  try {
    return await work();
  } finally {
    // If it was taken from us for being late, it is somebody else's now.
    if ((await contentOf(path)) === mine) await rm(path, { force: true });
  }
}

async function tryLock(path: string, mine: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(mine).finally(() => file.close());
    // Who took too long for its name has lost the file to another by now.
    return (await contentOf(path)) === mine;
  } catch (failure) {
    if (hasCode(failure, 'EEXIST')) return false;
    throw failure;
  }
}

async function isLeftOver(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  const ageMs = Date.now() - mtimeMs;
  if (ageMs > staleAfterMs) return true;
  const holder = parse(await contentOf(path));
  if (holder === undefined) return ageMs > namelessAfterMs;
  return holder.host === hostname() && !isAlive(holder.pid);
}

/** Takes the lock away only if it is still one that is left over: that of a living process is given back. */
export async function breakLock(path: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await rename(path, aside);
  } catch (failure) {
    if (hasCode(failure, 'ENOENT')) return;
    throw failure;
  }
  const holder = parse(await contentOf(aside));
  // Another process was quicker and holds a new lock, which is given back.
  if (holder !== undefined && holder.host === hostname() && isAlive(holder.pid)) {
    await writeFile(path, JSON.stringify(holder), { flag: 'wx', mode: 0o600 }).catch(() => undefined);
  }
  await rm(aside, { force: true });
}

function contentOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function parse(text: string): { host: string; pid: number; id: string } | undefined {
  try {
    const { host, pid, id } = JSON.parse(text);
    return typeof host === 'string' && typeof pid === 'number' && typeof id === 'string'
      ? { host, pid, id }
      : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return !hasCode(failure, 'ESRCH');
  }
}
