import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { protocolTypesText, sameTypesText } from './protocol-types.ts';

const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));
/** The one file whose types come from `protocol/`. */
const fromProtocol = 'wire/protocol-types.d.ts';
const relativeImport = /(from\s+|import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g;

/**
 * Writes the declarations of the entries, and of what they reach, to `into`: complete in themselves, with
 * the protocol's types spelled out.
 *
 * @throws when the spelled-out types differ from those of the source.
 */
export async function writeDeclarations(of: {
  readonly client: string;
  readonly work: string;
  readonly into: string;
  readonly entries: readonly string[];
}): Promise<void> {
  const { client, work, into } = of;
  await tsc(['-p', join(client, 'tsconfig.build.json'), '--outDir', join(work, 'emitted')]);

  const spelled = protocolTypesText();
  await requireSameTypes({ client, work, spelled });

  const emitted = join(work, 'emitted', 'client', 'src');
  const left = [...of.entries];
  const written = new Set<string>();
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (written.has(path)) continue;
    written.add(path);
    const text = path === fromProtocol ? spelled : await readFile(join(emitted, path), 'utf8');
    for (const [, , , target = ''] of text.matchAll(relativeImport)) {
      left.push(posix(join(dirname(path), `${target}.d.ts`)));
    }
    await mkdir(dirname(join(into, path)), { recursive: true });
    await writeFile(join(into, path), text.replace(relativeImport, '$1$2$3.js$2'));
  }
}

/** @throws when `spelled` says other types than the source, naming them. `work` is a folder within the client's. */
export async function requireSameTypes(of: {
  readonly client: string;
  readonly work: string;
  readonly spelled: string;
}): Promise<void> {
  const { client, work, spelled } = of;
  const source = join(client, 'src', 'wire', 'protocol-types.ts');
  const config = {
    extends: posix(relative(work, join(client, 'tsconfig.json'))),
    include: ['same-types.ts'],
  };
  await writeFile(join(work, 'spelled.d.ts'), spelled);
  await writeFile(join(work, 'same-types.ts'), sameTypesText(posix(relative(work, source))));
  await writeFile(join(work, 'tsconfig.json'), JSON.stringify(config));
  await tsc(['-p', join(work, 'tsconfig.json')]);
}

const posix = (path: string): string => path.replaceAll('\\', '/');

async function tsc(args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [compiler, ...args]);
  } catch (failure) {
    const said = failure instanceof Error && 'stdout' in failure ? String(failure.stdout) : '';
    throw new Error(`tsc ${args.join(' ')} failed:\n${said}`, { cause: failure });
  }
}
