import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeDeclarations } from './declarations.ts';

const client = fileURLToPath(new URL('..', import.meta.url));
const dist = join(client, 'dist');
// Within the client, where its sources and the packages of the house are found; moved when all is well.
const work = await mkdtemp(join(client, '.build-'));
const made = await mkdtemp(join(client, '.dist-'));

try {
  await build({
    absWorkingDir: client,
    entryPoints: {
      index: 'src/index.ts',
      node: 'src/node.ts',
      'heliograph-robot': 'bin/heliograph-robot.ts',
    },
    outdir: made,
    chunkNames: 'chunks/[hash]',
    bundle: true,
    // What two entries share exists once: an error of one is an instance of the other's class.
    splitting: true,
    format: 'esm',
    // The browser entry is for browsers as it is; what is Node's stays an import in the other two.
    platform: 'neutral',
    packages: 'external',
    external: ['node:*'],
    target: 'es2022',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
  await writeDeclarations({ client, work, into: join(made, 'types'), entries: ['index.d.ts', 'node.d.ts'] });
  await rm(dist, { recursive: true, force: true });
  await rename(made, dist);
} finally {
  for (const folder of [work, made]) await rm(folder, { recursive: true, force: true });
}
