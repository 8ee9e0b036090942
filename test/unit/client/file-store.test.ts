import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { breakLock } from '../../../client/src/node/file-lock.ts';
import { fileStore } from '../../../client/src/node/file-store.ts';
import { stateDirectory } from '../../../client/src/node/state-directory.ts';
import type { KeptSignIn } from '../../../client/src/tokens/cognito/kept-sign-in.ts';

const kept: KeptSignIn = {
  token: 'token-1',
  identity: 'rover-1',
  expiresAt: 2,
  savedAt: 1,
  refreshToken: 'refresh-1',
  refreshTokenEndsAt: 3,
};

let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'heliograph-'));
  directory = join(root, 'state', 'heliograph');
});
afterEach(() => rm(root, { recursive: true, force: true }));

function store(lines: string[] = []) {
  const log = (line: string) => void lines.push(line);
  return fileStore({ identity: 'rover-1', directory, logger: { info: log, warn: log } });
}
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('F11: the token cache', () => {
  it('is a file of 0600 in a directory of 0700, made if absent', async () => {
    const made = store();
    expect(await made.load()).toBeUndefined();
    await made.save(kept);
    expect(await made.load()).toEqual(kept);
    expect(await modeOf(directory)).toBe(0o700);
    expect(await modeOf(made.path)).toBe(0o600);
    await made.save({ ...kept, token: 'token-2' });
    expect(await store().load()).toMatchObject({ token: 'token-2' });
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('is one for each identity, whatever its name', async () => {
    const other = fileStore({ identity: '../../rover/2', directory });
    await other.save({ ...kept, identity: '../../rover/2' });
    expect(await store().load()).toBeUndefined();
    expect(await readdir(directory)).toHaveLength(1);
  });

  it.each(['', '{', 'null', '{"token":7}', '{"token":"t","identity":"i"}'])(
    'damaged (%s): nothing is kept, and a warning says so',
    async (text) => {
      const lines: string[] = [];
      const made = store(lines);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFile(made.path, text, { mode: 0o600 });
      expect(await made.load()).toBeUndefined();
      expect(lines.join()).toContain('damaged');
    },
  );

  it('readable by others: an error that names the command that mends it', async () => {
    const made = store();
    await made.save(kept);
    await chmod(made.path, 0o644);
    await expect(made.load()).rejects.toMatchObject({
      name: 'TokenUnavailable',
      retryable: false,
      message: `${made.path} can be read by others. Mend it: chmod 600 '${made.path}'`,
    });
    await chmod(made.path, 0o600);
    await chmod(directory, 0o755);
    await expect(made.load()).rejects.toThrow(`chmod 700 '${directory}'`);
  });

  it.runIf(process.getuid?.() === 0)('of another user: an error that names the command', async () => {
    const made = store();
    await made.save(kept);
    await chown(made.path, 12_345, 12_345);
    await expect(made.load()).rejects.toThrow(`sudo chown 0 '${made.path}'`);
  });

  it('a link is not followed', async () => {
    const made = store();
    await made.load();
    await writeFile(join(root, 'elsewhere'), JSON.stringify(kept), { mode: 0o600 });
    await symlink(join(root, 'elsewhere'), made.path);
    await expect(made.load()).rejects.toThrow(`rm '${made.path}'`);
  });

  it('kill -9 while it writes leaves the old or the new, never a part', async () => {
    const made = store();
    await made.save(kept);
    const script = fileURLToPath(new URL('./support/write-for-ever.ts', import.meta.url));
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const { token, refreshToken } = (await made.load()) ?? {};
      expect(token?.length).toBeGreaterThan(0);
      expect(refreshToken).toBe(token === 'token-1' ? 'refresh-1' : token?.replace('token', 'refresh'));
    }
    // What the killed ones have left is taken away in time, and so is their lock.
    for (const name of await readdir(directory)) {
      if (name.endsWith('.tmp')) await utimes(join(directory, name), 1, 1);
    }
    await made.exclusively(() => made.save(kept));
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('one at a time under the lock, and a failure gives it back', async () => {
    const made = store();
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    const others = [1, 2, 3].map(() => store().exclusively(work));
    await expect(made.exclusively(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await Promise.all(others);
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  it('the lock of a process that is gone is broken', async () => {
    const made = store();
    await made.load();
    const { hostname } = await import('node:os');
    await writeFile(`${made.path}.lock`, JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, id: 'x' }));
    expect(await made.exclusively(async () => 'done')).toBe('done');
  });

  it('the lock of a process that was killed before it wrote its name is broken', async () => {
    const made = store();
    await made.load();
    await writeFile(`${made.path}.lock`, '');
    const past = Date.now() / 1_000 - 10;
    await utimes(`${made.path}.lock`, past, past);
    expect(await made.exclusively(async () => 'done')).toBe('done');
  });

  it('a lock that a living process has just made is not taken for left over', async () => {
    const made = store();
    await made.load();
    const lock = `${made.path}.lock`;
    await writeFile(lock, '');
    let inside = false;
    const waiting = made.exclusively(async () => {
      inside = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(inside).toBe(false);
    await rm(lock);
    await waiting;
    expect(inside).toBe(true);
  });

  it('of two who break the same lock, the slower one gives back what the quicker has taken', async () => {
    const made = store();
    await made.load();
    const lock = `${made.path}.lock`;
    const { hostname } = await import('node:os');
    const quicker = JSON.stringify({ host: hostname(), pid: process.pid, id: 'x' });
    await writeFile(lock, quicker);
    await breakLock(lock);
    expect(await readFile(lock, 'utf8')).toBe(quicker);
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('keeps nothing in the open that it should not', async () => {
    const made = store();
    await made.save(kept);
    expect(Object.keys(JSON.parse(await readFile(made.path, 'utf8'))).sort()).toEqual(
      Object.keys(kept).sort(),
    );
  });
});

describe('the directory', () => {
  it.each([
    { env: { HELIOGRAPH_DATA_DIR: '/data', XDG_STATE_HOME: '/x' }, platform: 'linux', is: '/data' },
    { env: { XDG_STATE_HOME: '/x' }, platform: 'linux', is: '/x/heliograph' },
    { env: {}, platform: 'linux', is: '/home/me/.local/state/heliograph' },
    {
      env: { HELIOGRAPH_DATA_DIR: '' },
      platform: 'darwin',
      is: '/home/me/Library/Application Support/heliograph',
    },
  ] as const)('$platform $env', ({ env, platform, is }) => {
    expect(stateDirectory(env, platform, '/home/me')).toBe(is);
  });
});
