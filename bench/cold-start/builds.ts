import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import { esbuildOptions, functionEntry, projectRoot } from '../../lib/constructs/bundling.ts';

export const buildNames = [
  'ours',
  'ours, bundled naively',
  'the SDK, bundled as ours',
  'naive, SDK bundled',
  'naive, SDK beside it',
] as const;
export type BuildName = (typeof buildNames)[number];

export type Built = {
  readonly name: string;
  readonly build: BuildName;
  readonly file: string;
  readonly bytes: number;
  /** Bytes of the output by npm package; ours as `functions` and `protocol`. */
  readonly byPackage: Readonly<Record<string, number>>;
};

/** The SDK's clients where the functions have signed requests. */
const withSdk: Plugin = {
  name: 'with-sdk',
  setup(building) {
    const services = resolve(import.meta.dirname, 'sdk-services.ts');
    building.onResolve({ filter: /\/aws-services\.ts$/ }, () => ({ path: services }));
  },
};

/** Without the default credential chain, a quarter of a bundle that a Lambda has no use for. */
const withoutChain: Plugin = {
  name: 'without-chain',
  setup(building) {
    const namespace = 'without-chain';
    building.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path }) => ({
      path,
      namespace,
    }));
    building.onLoad({ filter: /./, namespace }, () => ({
      contents: 'export const defaultProvider = () => () => Promise.reject(new Error("no chain"));',
    }));
  },
};

/** Ours, and as somebody would have it who takes the SDK, gives esbuild an entry and no more thought. */
const options: Readonly<Record<BuildName, BuildOptions>> = {
  ours: esbuildOptions(),
  'ours, bundled naively': { format: 'cjs' },
  'the SDK, bundled as ours': { ...esbuildOptions(), plugins: [withSdk, withoutChain] },
  'naive, SDK bundled': { format: 'cjs', plugins: [withSdk] },
  // What NodejsFunction does unless it is told otherwise: the runtime's own SDK, read file by file.
  'naive, SDK beside it': { format: 'cjs', plugins: [withSdk], external: ['@aws-sdk/*', '@smithy/*'] },
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
  return built;
}

async function buildOne(name: FunctionName, each: BuildName): Promise<Built> {
  const how = options[each];
  const file = resolve(
    outputFolder,
    `${name}-${each.replaceAll(/\W+/g, '-')}.${how.format === 'cjs' ? 'cjs' : 'mjs'}`,
  );
  const { metafile } = await build({
    ...how,
    entryPoints: [functionEntry(name)],
    absWorkingDir: projectRoot,
    bundle: true,
    metafile: true,
    outfile: file,
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error(`esbuild made nothing of ${name}.`);
  return { name, build: each, file, bytes: output.bytes, byPackage: byPackage(output) };
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
