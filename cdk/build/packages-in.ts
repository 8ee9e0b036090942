import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { projectRoot } from '../../lib/constructs/bundling.ts';

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string() });

export type PackageNotice = z.infer<typeof manifestSchema> & { readonly text: string | undefined };

/** The packages that files under `node_modules` belong to, by name, each once. @throws where one has no licence. */
export async function packagesIn(paths: readonly string[]): Promise<PackageNotice[]> {
  const folders = new Set(
    paths.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const notices = await Promise.all(
    [...folders].map(async (folder) => {
      const at = join(projectRoot, folder);
      const manifest = manifestSchema.parse(JSON.parse(await readFile(join(at, 'package.json'), 'utf8')));
      const file = (await readdir(at)).find((name) => /^licen[cs]e(\.|$)/i.test(name));
      const text = file === undefined ? undefined : await readFile(join(at, file), 'utf8');
      return { ...manifest, text };
    }),
  );
  const unique = new Map(notices.map((notice) => [`${notice.name}@${notice.version}`, notice]));
  return [...unique.values()].sort((a, b) => a.name.localeCompare(b.name));
}
