import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

// Lays out what is packed: the built package, and the pages to which its README links, so that no link of it leads
// outside. In the package the README is at the root, and everything else where the repository has it.

const repository = fileURLToPath(new URL('../..', import.meta.url));
const into = process.argv[2] ?? join(repository, 'client', '.pack');
const link = /(!?)\[([^\]]*)\]\(([^)\s]+)\)/g;
const isImage = (path: string): boolean => /\.(svg|png)$/.test(path);
const isElsewhere = (target: string): boolean => /^([a-z]+:|#)/.test(target);

/** Paths of the repository that a page links to. */
function linksOf(page: string, text: string): string[] {
  return [...text.matchAll(link)]
    .map(([, , , target = '']) => target)
    .filter((target) => !isElsewhere(target))
    .map((target) => resolved(page, target));
}

const resolved = (page: string, target: string): string =>
  posix.join(posix.dirname(page), target.replace(/#.*$/, ''));

/** What links mean here is said of the copy at `at`; what is not in the package keeps its words and loses its link. */
function mended(
  page: string,
  text: string,
  of: { readonly at: string; readonly has: ReadonlySet<string> },
): string {
  return text.replace(link, (whole, _, words: string, target: string) => {
    if (isElsewhere(target)) return whole;
    const path = resolved(page, target);
    const hash = /#.*$/.exec(target)?.[0] ?? '';
    if (!of.has.has(path)) return words;
    return whole.replace(`(${target})`, `(${posix.relative(posix.dirname(of.at), path)}${hash})`);
  });
}

const readPage = (path: string): Promise<string> => readFile(join(repository, path), 'utf8');

const readme = 'client/README.md';
const has = new Set<string>();
for (const path of linksOf(readme, await readPage(readme))) {
  // An example is its whole folder.
  const isFolder = posix.basename(path) === 'README.md';
  const names = isFolder ? await readdir(join(repository, dirname(path))) : [posix.basename(path)];
  for (const name of names) has.add(posix.join(posix.dirname(path), name));
}
const pages = [...has].filter((path) => path.endsWith('.md'));
for (const page of pages)
  for (const path of linksOf(page, await readPage(page))) if (isImage(path)) has.add(path);

await rm(into, { recursive: true, force: true });
await mkdir(into, { recursive: true });
for (const path of has) await cp(join(repository, path), join(into, path), { recursive: true });
for (const page of pages)
  await writeFile(join(into, page), mended(page, await readPage(page), { at: page, has }));
await writeFile(join(into, 'README.md'), mended(readme, await readPage(readme), { at: 'README.md', has }));
for (const own of ['dist', 'LICENSE'])
  await cp(join(repository, 'client', own), join(into, own), { recursive: true });

const { scripts: _, ...manifest } = JSON.parse(await readPage('client/package.json'));
await writeFile(join(into, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
