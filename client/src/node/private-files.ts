import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { TokenUnavailable } from '../tokens/token-source.ts';

/** A file or directory of secrets that others could read or have written. The message names the command that mends it. */
export class NotPrivate extends TokenUnavailable {
  constructor(message: string) {
    super(message, { retryable: false, code: 'not_private' });
  }
}

const forOthers = 0o077;

type Owned = { readonly uid: number; readonly mode: number };

/** @throws {NotPrivate} */
function requirePrivate(path: string, { uid, mode }: Owned, wanted: '600' | '700'): void {
  // Windows has neither owners nor modes of this kind.
  const me = process.getuid?.();
  if (me === undefined) return;
  if (uid !== me) {
    throw new NotPrivate(`${path} belongs to another user. If it is yours: sudo chown ${me} ${quoted(path)}`);
  }
  if ((mode & forOthers) !== 0) {
    throw new NotPrivate(`${path} can be read by others. Mend it: chmod ${wanted} ${quoted(path)}`);
  }
}

/** The directory, made with mode 0700 if it is not there. @throws {NotPrivate} */
export async function privateDirectory(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  requirePrivate(path, await stat(path), '700');
  return path;
}

/** The text of a private file; undefined when there is none. @throws {NotPrivate} */
export async function readPrivate(path: string): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (failure) {
    if (hasCode(failure, 'ENOENT')) return undefined;
    if (hasCode(failure, 'ELOOP'))
      throw new NotPrivate(`${path} is a link. Take it away: rm ${quoted(path)}`);
    if (hasCode(failure, 'EACCES')) {
      throw new NotPrivate(
        `${path} cannot be read. If it is yours: sudo chown ${process.getuid?.()} ${quoted(path)}`,
      );
    }
    throw failure;
  }
  try {
    // Of what was opened, not of the name: it may have been exchanged in between.
    requirePrivate(path, await file.stat(), '600');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

export function hasCode(failure: unknown, code: string): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === code;
}

const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;
