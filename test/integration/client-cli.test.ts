import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOperatorEndpoint } from '../../client/src/node.ts';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { seededPassword } from '../../local/stack/users.ts';
import { localOnly } from './support/emulator.ts';
import { robotCommand, robotEnvironment } from './support/robot-command.ts';
import { sdkClient, untilStatus } from './support/sdk.ts';
import { startTestStack } from './support/target.ts';

describe.skipIf(localOnly)('[local-only] heliograph-robot', () => {
  let stack: LocalStack;
  let root: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    stack = await startTestStack();
    root = await mkdtemp(join(tmpdir(), 'heliograph-cli-'));
    env = robotEnvironment(stack, root);
  });
  afterAll(async () => {
    await stack.close();
    await rm(root, { recursive: true, force: true });
  });

  function start(args: readonly string[], more: Record<string, string> = {}) {
    const child = spawn(process.execPath, [robotCommand, ...args], { env: { ...env, ...more } });
    const text = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text.out += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      text.err += part;
    });
    const exit = once(child, 'close').then(([code]) => Number(code));
    return { child: child as ChildProcess, text, exit };
  }

  async function call(args: readonly string[], more: Record<string, string> = {}) {
    const { child, text, exit } = start(args, more);
    child.stdin?.end();
    return { code: await exit, ...text };
  }

  it('says what it must be told', async () => {
    expect(await call(['status'], { HELIOGRAPH_USER: '' })).toMatchObject({
      code: 2,
      err: 'Give --user, or set HELIOGRAPH_USER.\n',
    });
    expect(await call(['login'])).toMatchObject({ code: 2 });
    expect(await call(['fly'])).toMatchObject({ code: 2 });
    expect(await call(['status'])).toMatchObject({ code: 1 });
  });

  it('F11: signs in once; status, refresh and run need no password then; logout forgets', async () => {
    const wrong = await call(['login'], { HELIOGRAPH_PASSWORD: 'wrong' });
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.err).toContain('NotAuthorizedException');
    const signedIn = await call(['login', '--refresh-token-days', '365'], {
      HELIOGRAPH_PASSWORD: seededPassword,
    });
    expect(signedIn).toMatchObject({ code: 0 });
    const told = await call(['status']);
    expect(told.code).toBe(0);
    expect(told.out).toMatch(
      /rover-1: token expires in (4 h|239 min|240 min)\nrefresh token ends in 365 days\n/,
    );
    const [, savedAt = '', path = ''] = /^saved at (\S+) in (.*)$/m.exec(told.out) ?? [];
    expect(Math.abs(Date.now() - Date.parse(savedAt))).toBeLessThan(60_000);
    expect(path).toBe(join(root, 'data', 'sign-in-rover-1.json'));
    expect(await call(['refresh'])).toMatchObject({ code: 0, out: expect.stringContaining('fresh') });
    expect(await call(['refresh', '--force'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('Renewed'),
    });

    const running = start(['run']);
    await expect.poll(() => running.text.out, { timeout: 10_000 }).toContain('"ready"');
    expect(running.text.err).toContain('Using the cached token of rover-1, expires in');
    const operator = sdkClient(stack.addresses, 'operator-1');
    operator.start();
    await untilStatus(operator, 'ready');
    const session = await createOperatorEndpoint(operator).open('rover-1', 'control');
    const heard: unknown[] = [];
    session.on('signal', ({ kind, data }) => heard.push([kind, data]));
    session.send('custom', 'hello');
    await expect.poll(() => running.text.out).toContain('"hello"');
    const { sessionId } = session;
    running.child.stdin?.write('nonsense\n');
    running.child.stdin?.write(`${JSON.stringify({ sessionId, kind: 'custom', data: { any: 'thing' } })}\n`);
    await expect.poll(() => heard).toEqual([['custom', { any: 'thing' }]]);
    running.child.stdin?.write(`${JSON.stringify({ sessionId, close: 'busy' })}\n`);
    await expect.poll(() => session.isOpen()).toBe(false);
    operator.close();
    running.child.kill('SIGTERM');
    expect(await running.exit).toBe(0);
    // I9: nothing that it has said is a token.
    expect(`${running.text.out}${running.text.err}${told.out}${signedIn.out}`).not.toMatch(/eyJ/);

    expect(await call(['logout'])).toMatchObject({ code: 0 });
    expect(await readdir(join(root, 'data'))).toEqual([]);
    const signedOut = await call(['run']);
    expect(signedOut.code).toBe(1);
    expect(signedOut.err).toContain('sign in first');
  });

  it('a damaged cache: a warning, and a fresh sign-in where there is a password', async () => {
    await writeFile(join(root, 'data', 'sign-in-rover-1.json'), '{"tok', { mode: 0o600 });
    const given = await call(['refresh', '--force'], { HELIOGRAPH_PASSWORD: seededPassword });
    expect(given).toMatchObject({ code: 0 });
    expect(given.err).toContain('damaged');
    expect(await call(['status'])).toMatchObject({ code: 0 });
  });

  it.each([
    { what: 'HTML with 500', status: 500 },
    { what: 'HTML with 200', status: 200 },
  ])(
    'logout at an endpoint that answers $what: forgotten here, and says that it is not revoked',
    async ({ status }) => {
      await call(['login'], { HELIOGRAPH_PASSWORD: seededPassword });
      const portal = createServer((_, response) => void response.writeHead(status).end('<html></html>'));
      await once(portal.listen(0, '127.0.0.1'), 'listening');
      const address = portal.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      try {
        const left = await call(['logout'], { HELIOGRAPH_IDENTITY: `http://127.0.0.1:${port}` });
        expect(left).toMatchObject({ code: 1, out: expect.stringContaining('could not be revoked') });
        expect(left.err).toContain(`status ${status}, and not by Cognito`);
        expect(await call(['status'])).toMatchObject({ code: 1 });
      } finally {
        portal.close();
      }
    },
  );
});
