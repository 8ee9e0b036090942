import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));
const relativeImport = /(from\s+|import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g;

/** Copies the declarations of the entries, and of what they reach, to `into`, with imports as a package has them. */
export async function copyReached(of: {
  /** Folder of what the compiler has emitted. */
  readonly emitted: string;
  readonly into: string;
  readonly entries: readonly string[];
  /** Texts in place of emitted ones, by path. */
  readonly instead?: Readonly<Record<string, string>>;
}): Promise<void> {
  const { emitted, into, instead = {} } = of;
  const left = [...of.entries];
  const written = new Set<string>();
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (written.has(path)) continue;
    written.add(path);
    const text = instead[path] ?? (await readFile(join(emitted, path), 'utf8'));
    for (const [, , , target = ''] of text.matchAll(relativeImport)) {
      left.push(posix(join(dirname(path), `${target}.d.ts`)));
    }
    await mkdir(dirname(join(into, path)), { recursive: true });
    await writeFile(join(into, path), text.replace(relativeImport, '$1$2$3.js$2'));
  }
}

export const posix = (path: string): string => path.replaceAll('\\', '/');

/** @throws with what the compiler says. */
export async function tsc(args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [compiler, ...args]);
  } catch (failure) {
    const said = failure instanceof Error && 'stdout' in failure ? String(failure.stdout) : '';
    throw new Error(`tsc ${args.join(' ')} failed:\n${said}`, { cause: failure });
  }
}
