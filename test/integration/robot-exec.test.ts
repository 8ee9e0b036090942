import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createOperatorEndpoint,
  type OperatorEndpoint,
  type SignalingClient,
} from '../../client/src/node.ts';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { seededPassword } from '../../local/stack/users.ts';
import { localOnly } from './support/emulator.ts';
import { robotCommand, robotEnvironment } from './support/robot-command.ts';
import { cuttable, sdkClient, untilStatus } from './support/sdk.ts';
import { startTestStack } from './support/target.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const example = inRepository('examples/driver/each.mjs');
const secret = 'Not-for-drivers-1!';

/** A driver that does what a signal tells it to. */
const driver = inRepository('test/integration/robot-exec/obedient-driver.mjs');

describe.skipIf(localOnly)('[local-only] heliograph-robot run, with a program for each session', () => {
  let stack: LocalStack;
  let root: string;
  let env: Record<string, string>;
  let client: SignalingClient;
  let operator: OperatorEndpoint;
  let line: ReturnType<typeof cuttable>;
  const stops: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    stack = await startTestStack();
    root = await mkdtemp(join(tmpdir(), 'heliograph-exec-'));
    env = { ...robotEnvironment(stack, root), OF_THE_ROBOT: 'arm' };
    await promisify(execFile)(process.execPath, [robotCommand, 'login'], {
      env: { ...env, HELIOGRAPH_PASSWORD: seededPassword },
    });
  });
  beforeEach(async () => {
    line = cuttable();
    client = sdkClient(stack.addresses, 'operator-1', { transport: line.transport });
    client.start();
    await untilStatus(client, 'ready');
    operator = createOperatorEndpoint(client);
  });
  afterEach(async () => {
    client.close();
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });
  afterAll(async () => {
    await stack.close();
    await rm(root, { recursive: true, force: true });
  });

  async function run(args: readonly string[], more: Record<string, string> = {}) {
    const child = spawn(process.execPath, [robotCommand, 'run', ...args], { env: { ...env, ...more } });
    const text = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text.out += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      text.err += part;
    });
    const exit = once(child, 'close').then(([code]) => Number(code));
    const stop = () => {
      child.kill('SIGTERM');
      return exit;
    };
    stops.push(stop);
    await expect.poll(() => text.out, { timeout: 10_000 }).toContain('"ready"');
    return { child, text, exit, stop, pid: Number(child.pid) };
  }

  async function opened() {
    const session = await operator.open('rover-1', 'control');
    const heard: unknown[] = [];
    const ends: unknown[] = [];
    session.on('signal', ({ data }) => heard.push(data));
    session.on('closed', (why) => ends.push(why));
    return {
      session,
      heard,
      ends,
      id: session.sessionId,
      ask: (data: unknown) => session.send('custom', data),
    };
  }

  /** One that has ended and that nobody has collected yet is not alive. */
  const isAlive = (pid: unknown): boolean => {
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.trim() !== '' && !stdout.startsWith('Z');
  };
  const pidOf = (heard: unknown[]): Promise<unknown> =>
    expect.poll(() => heard[0]).toEqual(expect.any(Number));

  it('the example: one for each session, with its lines in and out, ended with it', async () => {
    const robot = await run(['--', process.execPath, example]);
    const [one, two] = [await opened(), await opened()];
    one.ask({ turn: 'left' });
    two.ask('look');
    await expect.poll(() => one.heard).toEqual([{ echo: { turn: 'left' } }]);
    await expect.poll(() => two.heard).toEqual([{ echo: 'look' }]);
    expect(robot.text.err).toContain(`${one.id}: begins: control`);
    expect(robot.text.err).toContain(`${two.id}: begins: view`);
    await one.session.grantControl(two.id);
    await expect.poll(() => robot.text.err).toMatch(new RegExp(`${one.id}: now view, lease \\d+`));
    await expect.poll(() => robot.text.err).toMatch(new RegExp(`${two.id}: now control, lease \\d+`));
    one.session.close();
    await expect.poll(() => robot.text.err).toContain(`${one.id}: has ended: closed`);
    two.ask('still there');
    await expect.poll(() => two.heard).toHaveLength(2);
    client.close();
    await expect.poll(() => robot.text.out).toContain(`"closed","sessionId":"${two.id}"`);
    expect(await robot.stop()).toBe(0);
    // I9: what a journal would keep has no signal and no credential.
    expect(robot.text.out).not.toMatch(/eyJ|iceServers|echo|turn/);
  });

  it('tells who it serves by environment and first line; no password, no token, nothing else of ours', async () => {
    await run(['--exec', `"${process.execPath}" "${driver}" # by the shell`], {
      HELIOGRAPH_PASSWORD: secret,
    });
    const { heard, ask, id } = await opened();
    ask({ run: 'tell' });
    await expect.poll(() => heard).toHaveLength(1);
    const [{ known, env: given }] = heard as [{ known: unknown[]; env: Record<string, string> }];
    const clientId = client.state().status === 'ready' ? expect.any(String) : undefined;
    expect(known).toEqual([
      {
        event: 'session',
        sessionId: id,
        clientId,
        mode: 'control',
        leaseEpoch: expect.any(Number),
        iceServers: [],
      },
    ]);
    const [{ leaseEpoch, clientId: told }] = known as [{ leaseEpoch: number; clientId: string }];
    expect(
      Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('HELIOGRAPH'))),
    ).toEqual({
      HELIOGRAPH_SESSION_ID: id,
      HELIOGRAPH_SESSION_ROBOT: 'rover-1',
      HELIOGRAPH_SESSION_CLIENT: told,
      HELIOGRAPH_SESSION_MODE: 'control',
      HELIOGRAPH_SESSION_LEASE_EPOCH: String(leaseEpoch),
    });
    expect(leaseEpoch).toBeGreaterThan(0);
    expect(given.OF_THE_ROBOT).toBe('arm');
    expect(JSON.stringify(given)).not.toMatch(/eyJ|Not-for-drivers/);
  });

  it.each([
    { code: 0, answers: false, end: 'closed', says: undefined },
    { code: 3, answers: false, end: 'refused', says: 'has ended with 3' },
    { code: 3, answers: true, end: 'closed', says: 'has ended with 3' },
  ])(
    'its exit with $code ends the session (answered: $answers): $end',
    async ({ code, answers, end, says }) => {
      const robot = await run(['--', process.execPath, driver]);
      const { ask, ends } = await opened();
      ask({ run: 'exit', code, answers });
      await expect.poll(() => ends).toEqual([end]);
      if (says === undefined) expect(robot.text.err).not.toContain('has ended with');
      else expect(robot.text.err).toContain(says);
    },
  );

  it.each([
    {
      args: ['--', '/nowhere/driver', '--key=of-the-arm'],
      says: 'cannot be started, and the session is refused: /nowhere/driver: ENOENT',
    },
    { args: ['--', inRepository('README.md')], says: 'README.md: EACCES' },
    { args: ['--exec', '/nowhere/driver --key=of-the-arm'], says: 'the shell cannot start the command' },
  ])(
    'one that cannot be started: the session is refused, the robot lives on: $says',
    async ({ args, says }) => {
      const robot = await run(args);
      for (let time = 0; time < 2; time += 1) {
        const { ends } = await opened();
        await expect.poll(() => ends).toEqual(['refused']);
      }
      expect(robot.text.err).toContain(says);
      expect(
        robot.text.err
          .split('\n')
          .filter((line) => line.includes('The driver'))
          .join(),
      ).not.toContain('of-the-arm');
      expect(await robot.stop()).toBe(0);
    },
  );

  it('bad lines are counted and ignored, also one without an end to speak of; not repeated', async () => {
    const robot = await run(['--', process.execPath, driver]);
    const { ask, heard, id } = await opened();
    const bad = [
      'hello',
      '[]',
      '{"kind":"dance"}',
      '{"sessionId":"of another","kind":"custom"}',
      '{"sessionId":7,"kind":"custom"}',
      '{"close":"revoked"}',
      `{"kind":"custom","data":"${'x'.repeat(40_000)}"}`,
    ];
    ask({ run: 'say', lines: bad.slice(0, -1) });
    ask({ run: 'long', bytes: 3_000_000 });
    ask({ run: 'say', lines: Array.from({ length: 30 }, () => 'a log line v=0 candidate:') });
    ask({ run: 'say', lines: [`{"sessionId":"${id}","kind":"custom","data":"good"}`] });
    await expect.poll(() => heard).toEqual(['good']);
    const told = robot.text.err.split('\n').filter((line) => line.includes('a line on its standard output'));
    expect(told).toHaveLength(10);
    expect(told[6]).toContain('is longer than 262144 bytes; ignored (7 so far)');
    expect(robot.text.err).not.toMatch(/dance|candidate:|of another/);
  });

  it('a flood waits in the driver: all of it arrives in order, and not above 50 a second', async () => {
    await run(['--', process.execPath, driver]);
    const { ask, heard } = await opened();
    const before = performance.now();
    ask({ run: 'flood', count: 280 });
    await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(280);
    expect(heard).toEqual(Array.from({ length: 280 }, (_, index) => index));
    expect(performance.now() - before).toBeGreaterThan(3_500);
  }, 30_000);

  it('one that stops reading: the session is ended, the others go on', async () => {
    const robot = await run(['--', process.execPath, driver]);
    const [deaf, other] = [await opened(), await opened()];
    deaf.ask({ run: 'deaf' });
    await expect.poll(() => deaf.heard).toEqual(['deaf']);
    const filling = setInterval(() => {
      if (deaf.session.isOpen()) deaf.ask('x'.repeat(28_000));
    }, 12);
    await expect
      .poll(() => deaf.ends, { timeout: 20_000 })
      .toEqual(['closed'])
      .finally(() => clearInterval(filling));
    expect(robot.text.err).toContain('does not read its standard input');
    other.ask({ run: 'tell' });
    await expect.poll(() => other.heard).toHaveLength(1);
  }, 30_000);

  it('SIGTERM, then SIGKILL: when the session ends, and when `run` does; what it has started goes, too', async () => {
    const robot = await run(['--stop-within', '0.5', '--', process.execPath, driver]);
    const [stubborn, parent, last] = [await opened(), await opened(), await opened()];
    stubborn.ask({ run: 'stay' });
    parent.ask({ run: 'child' });
    last.ask({ run: 'stay' });
    await Promise.all([stubborn, parent, last].map(({ heard }) => pidOf(heard)));
    expect([stubborn, parent, last].map(({ heard }) => isAlive(heard[0]))).toEqual([true, true, true]);
    stubborn.session.close();
    parent.session.close();
    await expect.poll(() => isAlive(parent.heard[0])).toBe(false);
    await expect.poll(() => isAlive(stubborn.heard[0]), { timeout: 3_000 }).toBe(false);
    const before = performance.now();
    expect(await robot.stop()).toBe(0);
    expect(performance.now() - before).toBeGreaterThan(450);
    expect(isAlive(last.heard[0])).toBe(false);
    await expect.poll(() => last.ends).toHaveLength(1);
  });

  it('what a driver leaves behind at its own exit is ended', async () => {
    await run(['--stop-within', '0.5', '--', process.execPath, driver]);
    const { ask, heard, ends } = await opened();
    ask({ run: 'child' });
    await pidOf(heard);
    ask({ run: 'exit', code: 0 });
    await expect.poll(() => ends, { timeout: 3_000 }).toEqual(['closed']);
    await expect.poll(() => isAlive(heard[0])).toBe(false);
  });

  it('more sessions than it may serve are refused as busy', async () => {
    await run(['--most-sessions', '1', '--', process.execPath, driver]);
    const [first, second] = [await opened(), await opened()];
    await expect.poll(() => second.ends).toEqual(['busy']);
    first.session.close();
    await expect
      .poll(
        async () => {
          const { ask, heard, session } = await opened();
          ask({ run: 'tell' });
          await new Promise((resolve) => setTimeout(resolve, 300));
          if (session.isOpen() && heard.length === 1) return 'served';
          session.close();
          return 'busy';
        },
        { timeout: 10_000, interval: 200 },
      )
      .toBe('served');
  }, 15_000);

  it('is told when the other side is away and back', async () => {
    await run(['--', process.execPath, driver]);
    const { ask, heard, id } = await opened();
    ask({ run: 'tell' });
    await expect.poll(() => heard).toHaveLength(1);
    line.cut();
    ask('while it is away');
    // A signal may come before the word that its sender is back.
    const isKnown = async () => {
      ask({ run: 'tell' });
      await new Promise((resolve) => setTimeout(resolve, 200));
      return JSON.stringify(heard.at(-1));
    };
    await expect.poll(isKnown, { timeout: 15_000 }).toContain('restored');
    const { known } = heard.at(-1) as { known: { event: string; sessionId: string }[] };
    expect(known.every(({ sessionId }) => sessionId === id)).toBe(true);
    const changes = known.filter(({ event }) => event === 'suspended' || event === 'restored');
    expect(changes).toEqual([
      expect.objectContaining({ event: 'suspended', who: 'client', resumeEndsAt: expect.any(Number) }),
      expect.objectContaining({ event: 'restored', who: 'client' }),
    ]);
  });

  it('a robot that is killed ends its drivers’ input', async () => {
    const robot = await run(['--', process.execPath, driver]);
    const { ask, heard } = await opened();
    ask({ run: 'tell' });
    await expect.poll(() => heard).toHaveLength(1);
    const [{ pid }] = heard as [{ pid: number }];
    expect(isAlive(pid)).toBe(true);
    robot.child.kill('SIGKILL');
    await robot.exit;
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('called wrongly: both ways, or a limit that is none', () => {
    // It ends before it connects to anything.
    const call = (...args: string[]) =>
      spawnSync(process.execPath, [robotCommand, 'run', ...args], { env, encoding: 'utf8', timeout: 10_000 });
    expect(call('--exec', 'a', '--', 'b')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('not both'),
    });
    expect(call('--most-sessions', 'many', '--', 'b')).toMatchObject({ status: 2 });
  });
});
