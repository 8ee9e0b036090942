import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import { bundling, functionEntry, projectRoot } from '../../lib/constructs/bundling.ts';

export const buildNames = [
  'ours',
  'default credential chain',
  'naive, SDK bundled',
  'naive, SDK beside it',
] as const;
export type BuildName = (typeof buildNames)[number];

export type Built = {
  readonly name: string;
  readonly build: BuildName | 'signed fetch';
  readonly file: string;
  readonly bytes: number;
  /** Bytes of the output by npm package; ours as `functions` and `protocol`. */
  readonly byPackage: Readonly<Record<string, number>>;
};

const { format, target, minify, mainFields, banner, alias } = bundling;

/** As `lib/constructs/bundling.ts` has it, and as somebody would have it who gives esbuild an entry and no more thought. */
const options: Readonly<Record<BuildName, BuildOptions>> = {
  ours: {
    format,
    minify,
    mainFields: [...mainFields],
    banner: { js: banner },
    alias: { [alias.from]: alias.to },
  },
  'default credential chain': { format, minify, mainFields: [...mainFields], banner: { js: banner } },
  'naive, SDK bundled': { format: 'cjs' },
  // What NodejsFunction does unless it is told otherwise: the runtime's own SDK, read file by file.
  'naive, SDK beside it': { format: 'cjs', external: ['@aws-sdk/*', '@smithy/*'] },
};

const outputFolder = resolve(projectRoot, '.bench');

export async function buildAll(): Promise<readonly Built[]> {
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(outputFolder, { recursive: true });
  // The SDK of the build that has it beside it, where Lambda has its own: found from the bundle's folder.
  await writeFile(resolve(outputFolder, 'package.json'), '{}\n');
  await symlink(resolve(projectRoot, 'node_modules'), resolve(outputFolder, 'node_modules'));
  const built: Built[] = [];
  for (const name of functionNames) {
    for (const each of buildNames) built.push(await buildOne(name, each));
  }
  const prototype = resolve(import.meta.dirname, 'signed-fetch/relay.ts');
  built.push(await bundle({ name: 'relay', build: 'signed fetch', entry: prototype }, options.ours));
  return built;
}

function buildOne(name: FunctionName, each: BuildName): Promise<Built> {
  return bundle({ name, build: each, entry: functionEntry(name) }, options[each]);
}

async function bundle(
  of: { name: string; build: Built['build']; entry: string },
  how: BuildOptions,
): Promise<Built> {
  const file = resolve(
    outputFolder,
    `${of.name}-${of.build.replaceAll(/\W+/g, '-')}.${how.format === 'cjs' ? 'cjs' : 'mjs'}`,
  );
  const { metafile } = await build({
    ...how,
    entryPoints: [of.entry],
    absWorkingDir: projectRoot,
    bundle: true,
    metafile: true,
    outfile: file,
    platform: 'node',
    target,
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error(`esbuild made nothing of ${of.name}.`);
  return { name: of.name, build: of.build, file, bytes: output.bytes, byPackage: byPackage(output) };
}

function byPackage({ inputs }: Metafile['outputs'][string]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = packageOf(path);
    sums[name] = (sums[name] ?? 0) + bytesInOutput;
  }
  return Object.fromEntries(Object.entries(sums).sort(([, one], [, other]) => other - one));
}

function packageOf(path: string): string {
  const inPackage = path.split('node_modules/').at(-1) ?? path;
  const [first = '', second = ''] = inPackage.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
