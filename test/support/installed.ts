import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const inRepository = (...path: readonly string[]): string => join(root, ...path);

/** The packages of the house, by their folders. */
export type PackageFolder = 'client' | 'cdk';

/** The package, packed, and a project of its own that has it. */
export type Installed = {
  /** Where the project is; `node_modules` is in it. */
  readonly project: string;
  readonly tarball: string;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  /** Runs npm in the project, offline and with an empty cache. */
  readonly npm: (...args: readonly string[]) => Promise<string>;
  remove(): Promise<void>;
};

const packed = z.array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }));

/**
 * Packs the package as `npm run pack:client` or `pack:cdk` does, and installs the tarball by npm itself in a folder
 * outside of the repository. Nothing is fetched: the packages `beside` it come from this repository's
 * `node_modules`, by path.
 */
export async function installPacked(
  beside: readonly string[],
  packageFolder: PackageFolder = 'client',
): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'heliograph-packed-'));
  const from = packageFolder === 'client' ? await staged(folder) : `./${packageFolder}`;
  const said = await runNpm(folder, {
    in: root,
    args: ['pack', from, '--json', '--pack-destination', folder],
  });
  // Whatever the build printed comes first.
  const [made] = packed.parse(JSON.parse(said.slice(said.indexOf('[\n'))));
  if (made === undefined) throw new Error('npm has packed nothing.');
  const files = made.files.map(({ path }) => path);
  return install({ folder, tarball: join(folder, made.filename), files, beside });
}

/** What `npm run pack:client` packs, in a folder of its own: two tests may do so at once. */
async function staged(folder: string): Promise<string> {
  const into = join(folder, 'staged');
  await promisify(execFile)(process.execPath, [inRepository('client', 'build', 'main.ts')]);
  await promisify(execFile)(process.execPath, [inRepository('client', 'build', 'stage.ts'), into]);
  return into;
}

/** The same tarball in another project. */
export async function installAgain(of: Installed, beside: readonly string[]): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'heliograph-packed-'));
  return install({ folder, tarball: of.tarball, files: of.files, beside });
}

async function install(of: {
  readonly folder: string;
  readonly tarball: string;
  readonly files: readonly string[];
  readonly beside: readonly string[];
}): Promise<Installed> {
  const { folder, tarball, files } = of;
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const npm = (...args: readonly string[]) => runNpm(folder, { in: project, args });
  // Copied in as npm would from a registry, not linked: what the package needs is found from where it is.
  const beside = of.beside.map((name) => inRepository('node_modules', name));
  await npm('install', '--install-links', '--ignore-scripts', tarball, ...beside);
  return { project, tarball, files, npm, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Gives a project packages of the repository that are too large to be copied. */
export async function linkInto(project: string, names: readonly string[]): Promise<void> {
  for (const name of names)
    await symlink(inRepository('node_modules', name), join(project, 'node_modules', name));
}

async function runNpm(
  folder: string,
  of: { readonly in: string; readonly args: readonly string[] },
): Promise<string> {
  const { command, first } = npmCommand();
  // Of npm's own settings in a test that npm has started, none is meant for this call.
  const env = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const { stdout } = await promisify(execFile)(command, [...first, ...of.args], {
    cwd: of.in,
    env: {
      ...Object.fromEntries(env),
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
      npm_config_cache: join(folder, 'cache'),
      npm_config_offline: 'true',
      // Peers are there or linked in; none is fetched.
      npm_config_legacy_peer_deps: 'true',
      npm_config_update_notifier: 'false',
    },
  });
  return stdout;
}

/** The npm that runs this test, else the one on the path. */
function npmCommand(): { command: string; first: readonly string[] } {
  const script = process.env.npm_execpath;
  return script?.endsWith('npm-cli.js')
    ? { command: process.execPath, first: [script] }
    : { command: 'npm', first: [] };
}
