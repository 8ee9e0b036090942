import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tell } from '../../functions/adapters/powertools/telling.ts';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { seededPassword } from '../../local/stack/users.ts';
import { type Installed, inRepository, installPacked } from '../support/installed.ts';
import { localOnly } from './support/emulator.ts';
import { enterAs } from './support/raw-client.ts';
import { signIn } from './support/sign-in.ts';
import { type LifeEvent, startTestStack } from './support/target.ts';

/** Runs `examples/migration` as its README says. */
describe.skipIf(localOnly)(
  '[local-only] robots that send ?token= and never refresh',
  { timeout: 120_000 },
  () => {
    const events: LifeEvent[] = [];
    let stack: LocalStack;
    let installed: Installed;
    beforeAll(async () => {
      installed = await installPacked(['commander', 'ws']);
      await mkdir(join(installed.project, 'state'), { mode: 0o700 });
      await cp(inRepository('examples', 'migration'), installed.project, { recursive: true });
      stack = await startTestStack(
        { tokenTtlMs: 12_000, graceMs: 1_000, cleanupEveryMs: 500 },
        { lifeLog: { note: (event) => void events.push(event) } },
      );
    }, 300_000);
    afterAll(async () => {
      await stack.close();
      await installed.remove();
    });

    const counted = (name: string): number =>
      events.flatMap((event) => tell(event).metrics).filter(([metric]) => metric === name).length;

    function start(program: string, env: Record<string, string>) {
      const child = spawn(process.execPath, [program], {
        cwd: installed.project,
        env: { SIGNALING_URL: stack.addresses.gateway, ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const running = { child, said: '', exit: once(child, 'close') };
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        running.said += text;
      });
      return running;
    }

    const before = async (robot: string) =>
      start('robot-of-before.mjs', { TOKEN: await signIn(stack.addresses, robot) });
    const after = (robot: string) => {
      const { identity: IDENTITY, clientIds } = stack.addresses;
      const STATE = join(installed.project, 'state');
      const signsIn = {
        IDENTITY,
        CLIENT_ID: clientIds.robots,
        ROBOT: robot,
        PASSWORD: seededPassword,
        STATE,
      };
      return start('robot-of-after.mjs', signsIn);
    };

    /** Whoever answers a signal says which of the two programs it is. */
    async function whoAnswers(robotId: string): Promise<unknown> {
      const { client } = await enterAs(stack.addresses, 'operator-1');
      const { sessionId } = await client.ask('openSession', 'sessionOpened', { robotId, mode: 'view' });
      client.send({ action: 'signal', sessionId, robotId, seq: 1, kind: 'custom', data: {} });
      const { data } = await client.nextOf('signal');
      await client.close();
      return data;
    }

    it('work as they are, are counted, and are moved one by one while the others go on', async () => {
      const old = { first: await before('rover-1'), second: await before('rover-2') };
      await expect.poll(() => old.first.said, { timeout: 20_000 }).toContain('before: online as rover-1');
      await expect.poll(() => old.second.said, { timeout: 20_000 }).toContain('before: online as rover-2');
      expect(await whoAnswers('rover-1')).toEqual({ by: 'before' });
      expect(counted('QueryTokenUsed')).toBe(2);

      // The first is moved: it takes its place over, and the old program is told.
      const moved = after('rover-1');
      await expect.poll(() => moved.said, { timeout: 20_000 }).toContain('after: ready');
      await expect.poll(() => old.first.said, { timeout: 20_000 }).toContain('told to go: replaced');
      expect(await whoAnswers('rover-1')).toEqual({ by: 'after' });

      // The second lives to the end of its only token, and is told why; the first lives on.
      await expect.poll(() => old.second.said, { timeout: 30_000 }).toContain('told to go: token_expired');
      await old.second.exit;
      await expect.poll(() => counted('NeverRefreshed'), { timeout: 20_000 }).toBe(1);
      await expect.poll(() => counted('TokenRefreshed'), { timeout: 20_000 }).toBeGreaterThan(0);
      expect(await whoAnswers('rover-1')).toEqual({ by: 'after' });
      expect(counted('QueryTokenUsed')).toBe(2);

      moved.child.kill('SIGTERM');
      old.first.child.kill('SIGTERM');
      await Promise.all([moved.exit, old.first.exit]);
    });
  },
);
