import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { functionNames } from '../../functions/route-table.ts';
import { esbuildOptions, functionEntry } from '../../lib/constructs/bundling.ts';
import { packagesIn } from './packages-in.ts';

/** Bundles every handler, as the stacks of the repository do, to a folder of its own. Gives what went into them. */
export async function bundleHandlers(into: string): Promise<Metafile['inputs']> {
  const inputs: Metafile['inputs'] = {};
  for (const name of functionNames) {
    const { metafile } = await build({
      ...esbuildOptions(),
      entryPoints: [functionEntry(name)],
      metafile: true,
      outfile: join(into, name, 'index.mjs'),
      logLevel: 'warning',
    });
    Object.assign(inputs, metafile.inputs);
  }
  return inputs;
}

/** Writes who made what is in the bundles, and under which licence: their text is not in the code. */
export async function writeNotices(inputs: Metafile['inputs'], file: string): Promise<void> {
  const packages = await packagesIn(Object.keys(inputs));
  const entries = packages.map(({ name, version, license, text }) =>
    [`${name} ${version} (${license})`, ...(text === undefined ? [] : [text.trim()])].join('\n\n'),
  );
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(
    file,
    `The handlers in this package contain the following.\n\n${entries.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`,
  );
}
