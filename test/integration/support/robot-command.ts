import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalStack } from '../../../local/stack/local-stack.ts';

/** The command `heliograph-robot`, as a file that Node runs. */
export const robotCommand = fileURLToPath(
  new URL('../../../client/bin/heliograph-robot.ts', import.meta.url),
);

/** The environment in which it is rover-1 of a stack, and keeps what it keeps under `root`. */
export function robotEnvironment({ addresses }: LocalStack, root: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HELIOGRAPH_DATA_DIR: join(root, 'data'),
    HELIOGRAPH_USER: 'rover-1',
    HELIOGRAPH_CLIENT_ID: addresses.clientIds.robots,
    HELIOGRAPH_IDENTITY: addresses.identity,
    HELIOGRAPH_URL: addresses.gateway,
  };
}
