import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inRepository } from '../../support/installed.ts';

/** How an application may have set its compiler; each strict, and none leaves out the package's own types. */
const settings = {
  node: { module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2024'], types: ['node'] },
  page: { module: 'esnext', moduleResolution: 'bundler', lib: ['es2024', 'dom'], types: [] },
} as const;

export type CompileError = { readonly file: string; readonly line: number; readonly code: string };

/** Compiles sources, by file name, in the project that has the package. Gives what the compiler objects to. */
export async function compile(
  project: string,
  of: {
    readonly as: keyof typeof settings;
    readonly sources: Readonly<Record<string, string>>;
    /** Where other packages' types are. Theirs are not checked then, and so are not the package's. */
    readonly paths?: Readonly<Record<string, readonly string[]>>;
  },
): Promise<CompileError[]> {
  const { as, sources, paths } = of;
  const folder = join(project, 'compiled');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(sources)) await writeFile(join(folder, name), text);
  const config = {
    compilerOptions: {
      ...settings[as],
      target: 'es2024',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      skipLibCheck: paths !== undefined,
      noEmit: true,
      typeRoots: [inRepository('node_modules', '@types')],
      ...(paths === undefined ? {} : { paths }),
    },
    files: Object.keys(sources),
  };
  const configFile = join(folder, `tsconfig.${as}.json`);
  await writeFile(configFile, JSON.stringify(config));
  const compiler = inRepository('node_modules', 'typescript', 'bin', 'tsc');
  const said = await promisify(execFile)(
    process.execPath,
    [compiler, '-p', configFile, '--pretty', 'false'],
    {
      cwd: folder,
    },
  ).then(
    () => '',
    (failure: { readonly stdout?: string }) => failure.stdout ?? '',
  );
  return said
    .split('\n')
    .filter((line) => /error TS\d+/.test(line))
    .map((line) => {
      const [, file = line, row = '0', code = ''] = /^(.*?)\((\d+),\d+\): error (TS\d+)/.exec(line) ?? [];
      return { file, line: Number(row), code };
    });
}
