import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { inRepository, installPacked, linkInto } from '../support/installed.ts';
import type { DeployedApp } from './deployment.ts';
import { type Emulator, emulatorConfig } from './emulators.ts';

export type PackedApp = DeployedApp & {
  readonly stackName: string;
  /** Writes another configuration and another handler, as a release would bring them. */
  upgrade(): Promise<void>;
  remove(): Promise<void>;
};

/** The example app in a folder of its own, with the package installed from its tarball. */
export async function packedApp(emulator: Emulator, stage: string): Promise<PackedApp> {
  const installed = await installPacked(['zod', 'fastest-levenshtein'], 'cdk');
  const { project } = installed;
  await linkInto(project, ['aws-cdk-lib', 'constructs']);
  await cp(inRepository('examples', 'cdk-app'), project, {
    recursive: true,
    filter: (path) => basename(path) !== 'package.json',
  });
  const configure = (more: Record<string, unknown>): Promise<void> => {
    const config = { stage, emulator: emulatorConfig(emulator), ...more };
    return writeFile(join(project, 'config', `${stage}.json`), JSON.stringify(config));
  };
  await configure({});
  return {
    folder: project,
    context: { stage },
    stackName: `Robots-${stage}`,
    async upgrade() {
      await configure({ fleetSize: 4321 });
      const handlers = join(project, 'node_modules', '@heliograph', 'cdk', 'dist', 'handlers');
      for (const name of ['connection', 'sessions', 'relay']) {
        const file = join(handlers, name, 'index.mjs');
        await writeFile(file, `${await readFile(file, 'utf8')}\n// The next release.\n`);
      }
    },
    remove: installed.remove,
  };
}
