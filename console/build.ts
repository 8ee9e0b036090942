import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'console/dist');

/**
 * Builds the page, unless it has been built from these very sources: `npm start` and the tests need no step
 * before them, and two that build at once do not meet. Gives the folder.
 */
export async function buildConsole(): Promise<string> {
  const folder = join(built, await hashOfSources());
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  // Only here: the bundler takes longer to load than all else that starts.
  const { build } = await import('vite');
  await build({
    configFile: join(root, 'console/vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: unfinished, emptyOutDir: true },
  });
  try {
    await rename(unfinished, folder);
  } catch (failure) {
    await rm(unfinished, { recursive: true, force: true });
    // Somebody else was first, with the same.
    if (!existsSync(folder)) throw failure;
  }
  return folder;
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const sources = [
    'console/*.{ts,html,json}',
    'console/{src,public}/**/*.*',
    'client/src/**/*.ts',
    'package-lock.json',
  ];
  for (const pattern of sources) {
    const files: string[] = [];
    for await (const file of glob(pattern, { cwd: root })) files.push(file);
    for (const file of files.sort()) hash.update(file).update(await readFile(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await buildConsole()}\n`);
