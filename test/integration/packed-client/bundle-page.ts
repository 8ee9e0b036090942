import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const page = fileURLToPath(new URL('programs/page.ts', import.meta.url));

/** Bundles the page as an application's build would, and gives what became of it. */
export async function bundlePage(project: string) {
  await cp(page, join(project, 'page.ts'));
  const built = await build({
    root: project,
    configFile: false,
    logLevel: 'silent',
    build: {
      outDir: 'bundle',
      minify: true,
      modulePreload: false,
      rolldownOptions: { input: join(project, 'page.ts'), preserveEntrySignatures: 'strict' },
    },
  });
  const outputs = [built].flat().flatMap((each) => ('output' in each ? each.output : []));
  const chunks = outputs.filter((part) => part.type === 'chunk');
  const [chunk] = chunks;
  if (chunk === undefined || chunks.length !== 1) throw new Error('Vite made no single bundle of the page.');
  return {
    path: join(project, 'bundle', chunk.fileName),
    code: chunk.code,
    imports: [...chunk.imports, ...chunk.dynamicImports],
    modules: Object.keys(chunk.modules).filter((id) => !id.startsWith('\0')),
    bytes: Buffer.byteLength(chunk.code),
    gzipped: gzipSync(chunk.code, { level: 9 }).byteLength,
  };
}
