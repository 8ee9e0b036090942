import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const largestBytes = 15 * 1024;

it('the browser entry is at most 15 KB gzipped, and carries nothing but itself', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ['client/src/index.ts'],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild made nothing of the client.');
  const gzipped = gzipSync(file.contents, { level: 9 }).byteLength;
  process.stdout.write(
    `@heliograph/client: ${(file.contents.byteLength / 1024).toFixed(1)} KB minified, ${(gzipped / 1024).toFixed(1)} KB gzipped\n`,
  );
  // No schema library, no protocol, no Node.
  expect(Object.keys(metafile.inputs).filter((path) => !path.startsWith('client/src/'))).toEqual([]);
  expect(Object.keys(metafile.inputs).filter((path) => path.includes('/node'))).toEqual([]);
  expect(gzipped).toBeLessThanOrEqual(largestBytes);
});
