import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folders that this very process has. A restarted container often has the pid of the one before it. */
const takenHere = new Set<string>();

/**
 * Takes the folder for this process. dynalite on a folder that another process uses, or that cannot
 * be written, brings the whole process down with «Database is closed»; this says what is wrong.
 *
 * @returns what gives the folder back.
 * @throws {Error} naming the folder and what to do.
 */
export function takeDataFolder(path: string): () => void {
  const ownerFile = join(resolve(path), 'heliograph.pid');
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const owner = readOwner(ownerFile);
    const isTaken =
      owner === process.pid ? takenHere.has(ownerFile) : owner !== undefined && isRunning(owner);
    if (isTaken) {
      throw new Error(
        `process ${owner} is using it. Stop that, or choose another folder with \`--data-dir\`. If it is no Heliograph, delete ${ownerFile}`,
      );
    }
    writeFileSync(ownerFile, String(process.pid));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The local store cannot keep its rows in ${path}: ${reason}.`, { cause });
  }
  takenHere.add(ownerFile);
  return () => {
    takenHere.delete(ownerFile);
    rmSync(ownerFile, { force: true });
  };
}

function readOwner(ownerFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(ownerFile, 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (failure) {
    // Not ours to signal, but alive.
    return failure instanceof Error && 'code' in failure && failure.code === 'EPERM';
  }
}
