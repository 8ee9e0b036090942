import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { copyReached, tsc } from '../../client/build/reached-declarations.ts';
import { configJsonSchema } from '../../lib/config.ts';
import { bundleHandlers, writeNotices } from './handler-bundles.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const dist = join(folder, 'dist');
const work = await mkdtemp(join(folder, '.build-'));
const made = await mkdtemp(join(folder, '.dist-'));

try {
  await build({
    absWorkingDir: folder,
    entryPoints: { index: 'src/index.ts' },
    outdir: made,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    target: 'node22',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
  const inputs = await bundleHandlers(join(made, 'handlers'));
  await writeNotices(inputs, join(made, 'NOTICES.txt'));
  await writeFile(join(made, 'config.schema.json'), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  await tsc(['-p', join(folder, 'tsconfig.build.json'), '--outDir', work]);
  await copyReached({ emitted: work, into: join(made, 'types'), entries: ['cdk/src/index.d.ts'] });
  await rm(dist, { recursive: true, force: true });
  await rename(made, dist);
} finally {
  for (const left of [work, made]) await rm(left, { recursive: true, force: true });
}
