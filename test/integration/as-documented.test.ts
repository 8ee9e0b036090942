import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localOnly } from './support/emulator.ts';
import { type Started, startJson } from './support/started.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

describe.skipIf(localOnly)('[local-only] what the README promises', () => {
  let started: Started;
  let target: Awaited<ReturnType<typeof startJson>>['target'];
  beforeAll(async () => {
    ({ started, target } = await startJson());
    await started.printed(/online as rover-1/);
  });
  afterAll(() => started.stop());

  it('npm run demo negotiates with rover-1 and shows its pose', async () => {
    const { stdout } = await run(process.execPath, ['local/demo/operator.ts', '--json', '--seconds', '2'], {
      cwd: root,
      env: { ...process.env, HELIOGRAPH_TARGET: JSON.stringify(target) },
    });
    const lines: unknown[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(JSON.stringify(lines)).toContain('data channel open');
    expect(JSON.stringify(lines)).toContain('pose');
  });

  it('the raw client runs as printed, and gets its session', async () => {
    const readme = readFileSync(`${root}/README.md`, 'utf8');
    const printed = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const program = printed
      .replace('ws://127.0.0.1:4510/local', target.gateway)
      .replace('http://127.0.0.1:4511', target.identity)
      .concat("socket.on('message', (text) => String(text).includes('sessionOpened') && socket.close());\n");
    expect(program).toContain(target.gateway);
    expect(program).toContain(target.identity);
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: root });
    expect(stdout).toContain("type: 'welcome'");
    expect(stdout).toContain("type: 'sessionOpened'");
  });
});
