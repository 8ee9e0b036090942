import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a file in a Node process of its own and parses the JSON that it prints. */
export async function inChild(
  file: string,
  of: { flags?: readonly string[]; args?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<unknown> {
  const { flags = [], args = [], env = {} } = of;
  const { stdout } = await run(process.execPath, [...flags, file, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
