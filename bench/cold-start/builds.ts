import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { type FunctionName, functionNames } from '../../functions/route-table.ts';
import { type WayToAws, waysToAws } from '../../functions/runtime/aws-services.ts';
import { esbuildOptions, functionEntry, projectRoot } from '../../lib/constructs/bundling.ts';

export type BuildName =
  | 'ours'
  | 'default credential chain'
  | 'naive, SDK bundled'
  | 'naive, SDK beside it'
  | 'naive, own source'
  | 'on the SDK, bundled as ours';

export type Built = {
  readonly name: string;
  readonly build: BuildName;
  readonly file: string;
  readonly bytes: number;
  /** Bytes of the output by npm package; ours as `functions` and `protocol`. */
  readonly byPackage: Readonly<Record<string, number>>;
};

/** The SDK's clients in a function that signs its own requests. */
const onTheSdk: Plugin = {
  name: 'on-the-sdk',
  setup(building) {
    const path = resolve(projectRoot, 'functions/runtime/sdk-services.ts');
    building.onResolve({ filter: /\/signed-services\.ts$/ }, () => ({ path }));
  },
};

const ours = esbuildOptions();
const { alias: _, ...withChain } = ours;
/** As somebody would have it who gives esbuild an entry and no more thought. */
const naive: BuildOptions = { format: 'cjs' };
/** What NodejsFunction does unless it is told otherwise: the runtime's own SDK, read file by file. */
const naiveBeside: BuildOptions = { ...naive, external: ['@aws-sdk/*', '@smithy/*'] };

/** By the way in which a function asks AWS. Naive is on the SDK's clients; of what signs its requests, its own source as well. */
const builds: Readonly<Record<WayToAws, Partial<Record<BuildName, BuildOptions>>>> = {
  sdk: {
    ours,
    'default credential chain': withChain,
    'naive, SDK bundled': naive,
    'naive, SDK beside it': naiveBeside,
  },
  signed: {
    ours,
    'on the SDK, bundled as ours': { ...ours, plugins: [onTheSdk] },
    'naive, own source': naive,
    'naive, SDK bundled': { ...naive, plugins: [onTheSdk] },
    'naive, SDK beside it': { ...naiveBeside, plugins: [onTheSdk] },
  },
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
    for (const [each, how] of Object.entries(builds[waysToAws[name]])) {
      built.push(await buildOne({ name, build: each as BuildName }, how));
    }
  }
  return built;
}

async function buildOne(
  { name, build: each }: { name: FunctionName; build: BuildName },
  how: BuildOptions,
): Promise<Built> {
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
