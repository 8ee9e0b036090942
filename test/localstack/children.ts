import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import type { Emulator } from './emulators.ts';

export const root = resolve(import.meta.dirname, '../..');
/** For what a run leaves behind; not under version control. */
export const workFolder = resolve(root, '.emulator');
export const region = 'us-east-1';

/**
 * The environment of everything that talks to the emulator. Whatever credentials the caller has are
 * replaced: they must not leave this machine's AWS configuration, not even for an emulator.
 */
export function emulatorEnvironment({ endpoint }: Emulator): NodeJS.ProcessEnv {
  const { AWS_PROFILE: _profile, AWS_SESSION_TOKEN: _token, ...inherited } = process.env;
  return {
    ...inherited,
    // `cdk.json` says `node`: the one that runs this, whatever the shell has.
    PATH: [dirname(process.execPath), resolve(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
    AWS_ENDPOINT_URL: endpoint.origin,
    AWS_ENDPOINT_URL_S3: endpoint.origin,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: 'true',
  };
}

export type Child = {
  readonly script: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where it runs; by default in the repository. */
  readonly cwd?: string;
  /** Name of a file that takes the output; without it the output is shown. */
  readonly log?: string;
};

/** Runs a Node script to its end and gives its exit code. */
export async function run({ script, args, env, log, cwd = root }: Child): Promise<number> {
  mkdirSync(workFolder, { recursive: true });
  const child = spawn(process.execPath, [resolve(root, script), ...args], {
    cwd,
    env,
    stdio: ['ignore', log === undefined ? 'inherit' : 'pipe', log === undefined ? 'inherit' : 'pipe'],
  });
  if (log !== undefined) {
    const file = createWriteStream(resolve(workFolder, log), { flags: 'a' });
    child.stdout?.pipe(file, { end: false });
    child.stderr?.pipe(file, { end: false });
    child.once('close', () => file.end());
  }
  return new Promise((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle(code ?? 1));
  });
}
