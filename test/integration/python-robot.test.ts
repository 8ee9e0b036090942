import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createOperatorEndpoint } from '../../client/src/node.ts';
import { seededPassword } from '../../local/stack/users.ts';
import { localOnly } from './support/emulator.ts';
import { cuttable, sdkClient, untilStatus } from './support/sdk.ts';
import { startTestStack } from './support/target.ts';

const python = process.env.HELIOGRAPH_PYTHON ?? 'python3';
const robot = fileURLToPath(new URL('../../examples/python/robot.py', import.meta.url));
// Where it does not run anyway, nothing is asked of Python, and nothing is said.
const hasWebsockets = !localOnly && spawnSync(python, ['-c', 'import websockets']).status === 0;

if (!localOnly && !hasWebsockets) {
  const missing = `${python} has no \`websockets\``;
  // Where it was asked for, as in CI, it must be there.
  if (process.env.HELIOGRAPH_PYTHON !== undefined) throw new Error(`${missing}; install it.`);
  process.stdout.write(`The robot in Python is left out: ${missing}.\n`);
}

describe.skipIf(localOnly || !hasWebsockets)(
  '[local-only] the robot in Python (needs python3 with `websockets`)',
  () => {
    it('serves the client: signals over a cut, and refreshes of its token', async () => {
      const stack = await startTestStack({ tokenTtlMs: 6_000, cleanupEveryMs: 500 });
      const { gateway, identity, clientIds } = stack.addresses;
      const child = spawn(python, ['-u', robot], {
        env: {
          PATH: process.env.PATH ?? '',
          HELIOGRAPH_URL: gateway,
          HELIOGRAPH_IDENTITY: identity,
          HELIOGRAPH_CLIENT_ID: clientIds.robots,
          HELIOGRAPH_USER: 'rover-2',
          HELIOGRAPH_PASSWORD: seededPassword,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          said += text;
        });
      }
      try {
        await expect.poll(() => said, { timeout: 10_000 }).toContain('online as rover-2');
        const line = cuttable();
        const operator = sdkClient(stack.addresses, 'operator-1', { transport: line.transport });
        const endpoint = createOperatorEndpoint(operator);
        operator.start();
        await untilStatus(operator, 'ready');
        const session = await endpoint.open('rover-2', 'control');
        const heard: unknown[] = [];
        session.on('signal', ({ data }) => heard.push(data));
        const count = 60;
        for (let number = 1; number <= count; number += 1) {
          session.send('custom', number);
          if (number === 20) line.cut();
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        await expect.poll(() => heard.length, { timeout: 15_000 }).toBe(count);
        expect(heard).toEqual(Array.from({ length: count }, (_, i) => ({ echo: i + 1 })));
        await expect.poll(() => said, { timeout: 10_000 }).toContain('token refreshed');
        expect(said).not.toContain('Traceback');
        expect(said).not.toMatch(/eyJ/);
        operator.close();
      } finally {
        child.kill('SIGINT');
        await once(child, 'close');
        await stack.close();
      }
    });
  },
);
