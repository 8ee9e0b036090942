import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { localOnly } from './support/emulator.ts';
import { enterAs } from './support/raw-client.ts';
import { start, startJson } from './support/started.ts';

describe.skipIf(localOnly)('[local-only] npm start', () => {
  it('is up, says where everything is and what to do next, and stops cleanly on Ctrl-C', async () => {
    const port = await freePorts();
    const started = start('--port', String(port), '--no-demo');
    await started.printed(/Ctrl-C stops everything/);
    const output = started.output();
    expect(output).toContain(`http://127.0.0.1:${port}`);
    expect(output).toContain(`ws://127.0.0.1:${port + 10}/local`);
    expect(output).toContain(`http://127.0.0.1:${port + 11}`);
    expect(output).toContain(`http://127.0.0.1:${port + 12}`);
    expect(output).toContain('npm run demo');
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect(await page.text()).toContain('operator-1');
    expect(await started.stop('SIGINT')).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port + 11}/`)).rejects.toThrow();
  });

  it.each([0, 10, 11, 12])(
    'says clearly when port +%i is taken, and leaves nothing behind',
    async (offset) => {
      const port = await freePorts();
      const taken = createServer().listen(port + offset, '127.0.0.1');
      await once(taken, 'listening');
      const started = start('--port', String(port), '--no-demo');
      expect((await started.exit).code).toBe(1);
      expect(started.output()).toContain('cannot start');
      expect(started.output()).toContain(String(port + offset));
      expect(started.output()).not.toContain('    at ');
      taken.close();
    },
  );

  it('runs the demo robot, and stops it with the rest', async () => {
    const { started, target } = await startJson();
    const { client } = await enterAs(target, 'operator-1');
    await expect
      .poll(async () => (await client.ask('listRobots', 'robots')).robots, { timeout: 20_000 })
      .toContainEqual(expect.objectContaining({ robotId: 'rover-1', state: 'online' }));
    await client.close();
    expect(await started.stop('SIGTERM')).toBe(0);
  });

  it('takes the flags: short lives and limits reach welcome, a second region listens', async () => {
    const { started, target } = await startJson(
      ...['--token-ttl', '30s', '--grace', '5s', '--resume-window', '20s', '--connection-max-age', '60s'],
      ...['--idle-timeout', '30s', '--cleanup-every', '1s', '--regions', '2', '--no-demo'],
    );
    const { client, welcome } = await enterAs(target, 'operator-1');
    const lifeMs = welcome.tokenExpiresAt - Date.now();
    expect(lifeMs).toBeLessThanOrEqual(30_000);
    expect(lifeMs).toBeGreaterThan(0);
    expect(welcome.policy).toMatchObject({ graceMs: 5_000, resumeWindowMs: 20_000, heartbeatMs: 24_000 });
    expect(Math.max(...welcome.policy.warnMs)).toBeLessThanOrEqual(6_000);
    expect(welcome.connectionExpiresAt - Date.now()).toBeLessThanOrEqual(55_000);
    const { secondGateway } = target;
    if (secondGateway === undefined) throw new Error('no second gateway');
    const elsewhere = await enterAs({ ...target, gateway: secondGateway }, 'operator-2');
    await Promise.all([client.close(), elsewhere.client.close()]);
    expect(await started.stop()).toBe(0);
  });

  it.each([
    [['--token-ttl', 'soon'], 'expected a duration'],
    [['--port', 'http'], 'expected a port'],
    [['--regions', '3'], '--regions'],
    [['--colour'], '--colour'],
  ])('refuses %j with what was expected', async (flags, text) => {
    const started = start(...flags);
    expect((await started.exit).code).toBe(1);
    expect(started.output()).toContain(text);
  });
});

/** The first of thirteen ports that seem to be free. */
async function freePorts(): Promise<number> {
  for (;;) {
    // Below the range from which the system gives ports away: nobody takes one in between.
    const port = 20_000 + 25 * Math.floor(Math.random() * 400);
    const free = await Promise.all([0, 10, 11, 12, 20].map((offset) => isFree(port + offset)));
    if (free.every(Boolean)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const listening = Promise.withResolvers<boolean>();
  probe.once('error', () => listening.resolve(false));
  probe.listen(port, '127.0.0.1', () => listening.resolve(true));
  const isListening = await listening.promise;
  if (isListening) await new Promise((resolve) => probe.close(resolve));
  return isListening;
}
