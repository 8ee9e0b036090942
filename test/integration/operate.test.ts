import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { main as robotCommand } from '../../client/src/node/cli/main.ts';
import { localOnly } from './support/emulator.ts';
import { type Operated, startOperated } from './support/operated.ts';
import { enterAs, type RawClient } from './support/raw-client.ts';

describe.skipIf(localOnly)('[local-only] heliograph', () => {
  let operated: Operated;
  let folder: string;
  const open: RawClient[] = [];
  beforeAll(async () => {
    operated = await startOperated();
    folder = await mkdtemp(join(tmpdir(), 'heliograph-ops-'));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  });
  afterAll(async () => {
    await operated.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function enter(user: string) {
    const entered = await enterAs(operated.stack.addresses, user);
    open.push(entered.client);
    return entered;
  }

  /** The robot's own command, with its sign-in in a folder of its own. */
  const onRobot = (name: string, ...args: string[]) =>
    robotCommand(args, { HELIOGRAPH_DATA_DIR: join(folder, name), PATH: process.env.PATH });

  const enrol = async (robot: string): Promise<string> => {
    const { out } = await operated.call(['robots', 'enrol', robot]);
    return /hg1\.[\w-]+/.exec(out)?.[0] ?? '';
  };

  it('robots create, enrol, login: once, and then by what it keeps', async () => {
    expect(await operated.call(['robots', 'create', 'rover-10', '--fleet', 'demo', 'yard'])).toMatchObject({
      code: 0,
      out: 'rover-10 is made. Next: heliograph robots enrol rover-10\n',
    });
    expect(await operated.json(['robots', 'list'])).toContainEqual(
      expect.objectContaining({ robot: 'rover-10', state: 'never', 'sign-in': 'to be enrolled' }),
    );
    const code = await enrol('rover-10');
    expect(await onRobot('first', '--data-dir', join(folder, 'first'), 'login', '--code', code)).toBe(0);
    const kept = await readFile(join(folder, 'first', 'sign-in-rover-10.json'), 'utf8');
    expect(JSON.parse(kept)).toMatchObject({ identity: 'rover-10', refreshToken: expect.any(String) });
    // 365 days: so that it is warned in time.
    expect(JSON.parse(kept).refreshTokenEndsAt - Date.now()).toBeGreaterThan(364 * 86_400_000);
    expect(await onRobot('second', '--data-dir', join(folder, 'second'), 'login', '--code', code)).toBe(1);
    expect(await operated.json(['robots', 'list'])).toContainEqual(
      expect.objectContaining({ robot: 'rover-10', 'sign-in': 'enrolled' }),
    );
  });

  it('robots enrol again: the code before is worth nothing', async () => {
    await operated.call(['robots', 'create', 'rover-11']);
    const before = await enrol('rover-11');
    const code = await enrol('rover-11');
    expect(await onRobot('third', '--data-dir', join(folder, 'third'), 'login', '--code', before)).toBe(1);
    expect(await onRobot('third', '--data-dir', join(folder, 'third'), 'login', '--code', code)).toBe(0);
  });

  it.each(['', 'hg1.', 'hg1.e30', 'somebody’s password', 'hg1.!!!'])(
    'login --code %j is no code',
    async (code) => {
      expect(await onRobot('none', '--data-dir', join(folder, 'none'), 'login', '--code', code)).toBe(2);
    },
  );

  it.each([
    [['robots', 'create', 'rover-1'], 'There is a user rover-1 already.', 'heliograph robots enrol rover-1'],
    [['robots', 'create', 'two words'], 'cannot be named', '1 to 128 characters'],
    [['robots', 'enrol', 'rover-404'], 'There is no user rover-404.', 'heliograph robots create rover-404'],
    [['robots', 'enrol', 'operator-1'], 'operator-1 is no robot', 'robots create'],
    [['robots', 'disable', 'rover-404'], 'There is no user rover-404.', 'robots list'],
    [['revoke', 'nobody'], 'nobody was not revoked', 'heliograph tail'],
    [['disconnect', 'nothing'], 'There is no such connection.', 'sessions list'],
    [['disconnect', '--robot', 'rover-404'], 'rover-404 has no connection.', 'robots list'],
    [['disconnect'], 'It is not said which connection.', '--robot'],
  ])('%j says what is wrong, and what to do', async (args, message, remedy) => {
    const { code, out, err } = await operated.call(args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(message);
    expect(err).toContain(remedy);
    expect(err).not.toContain('    at ');
    const asJson = await operated.call(['--json', ...args]);
    expect(JSON.parse(asJson.err.trim().split('\n').at(-1) ?? '')).toEqual({
      error: expect.stringContaining(message),
      remedy: expect.any(String),
    });
  });

  it.each([
    [[]],
    [['fly']],
    [['robots']],
    [['robots', 'create']],
    [['doctor', '--idle-minutes', 'soon']],
    [['tail', '--since', 'noon']],
    [['tail', '--level', 'loud']],
  ])('%j is called wrongly', async (args) => {
    expect((await operated.call(args)).code).toBe(2);
  });

  it('robots disable: what it has open is closed, and it signs in no more', async () => {
    const { client } = await enter('rover-3');
    const { code, out } = await operated.call(['robots', 'disable', 'rover-3']);
    expect({ code, out }).toEqual({ code: 0, out: 'rover-3 is disabled; connections closed: 1.\n' });
    expect(await client.nextOf('goAway')).toMatchObject({ code: 'revoked' });
    await client.closed;
    await expect(enterAs(operated.stack.addresses, 'rover-3')).rejects.toThrow();
    expect(await operated.call(['robots', 'enrol', 'rover-3'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('rover-3 is disabled.'),
    });
  });

  it('sessions list: who is with which robot, and who has control', async () => {
    const robot = await enter('rover-1');
    const operator = await enter('operator-1');
    const viewer = await enter('viewer-1');
    const asked = { robotId: 'rover-1' };
    const control = await operator.client.ask('openSession', 'sessionOpened', { ...asked, mode: 'control' });
    const view = await viewer.client.ask('openSession', 'sessionOpened', { ...asked, mode: 'view' });
    const rows = await operated.json(['sessions', 'list', '--robot', 'rover-1']);
    const row = { robot: 'rover-1', state: 'open' };
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual(
      expect.objectContaining({ ...row, session: control.sessionId, control: true }),
    );
    expect(rows).toContainEqual(expect.objectContaining({ ...row, session: view.sessionId, control: false }));
    expect(await operated.json(['sessions', 'list'])).toEqual(rows);
    expect(await operated.json(['sessions', 'list', '--robot', 'rover-2'])).toEqual([]);
    const { out } = await operated.call(['sessions', 'list']);
    expect(out.split('\n')[0]).toMatch(/^SESSION +ROBOT +CLIENT +MODE +STATE +CONTROL +OPENED$/);
    await robot.client.close();
  });

  it('disconnect: its holder is told to come back, and may', async () => {
    const { client, welcome } = await enter('rover-1');
    expect(await operated.call(['disconnect', '--robot', 'rover-1'])).toMatchObject({
      code: 0,
      out: `${welcome.connectionId} is closed; its holder was told to come back.\n`,
    });
    expect(await client.nextOf('goAway')).toMatchObject({ code: 'shutdown', reconnect: true });
    await client.closed;
    const again = await enter('rover-1');
    expect(await operated.json(['disconnect', again.welcome.connectionId])).toEqual({
      connection: again.welcome.connectionId,
    });
  });

  it('revoke: every connection of the user is closed within 5 s, and counted', async () => {
    const first = await enter('operator-2');
    const second = await enter('operator-2');
    const startedAt = performance.now();
    const closed = Promise.all([first.client.closed, second.client.closed]).then(
      () => performance.now() - startedAt,
    );
    expect(await operated.json(['revoke', 'operator-2'])).toEqual({ user: 'operator-2', closed: 2 });
    expect(await closed).toBeLessThan(5_000);
  });

  it('tail: what was, what comes, of one robot', async () => {
    const stop = new AbortController();
    const { welcome } = await enter('rover-2');
    const following = operated.call(['--json', 'tail', '--robot', 'rover-2', '--since', '1h'], {
      stop: stop.signal,
    });
    await operated.call(['disconnect', '--robot', 'rover-2']);
    await expect
      .poll(
        async () => (await operated.call(['tail', '--no-follow', '--connection', welcome.connectionId])).out,
      )
      .toContain('disconnected');
    await enter('rover-2');
    await expect
      .poll(
        async () =>
          (await operated.call(['tail', '--no-follow', '--robot', 'rover-2'])).out.match(/welcomed/g)?.length,
      )
      .toBe(2);
    stop.abort();
    const { code, out } = await following;
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual(['welcomed', 'welcomed']);
    expect(new Set(lines.map(({ fields }) => fields.r))).toEqual(new Set(['rover-2']));
  });

  it('I9: no password, token or code is in what commands print, but the code that was asked for', async () => {
    const all: string[] = [];
    for (const args of [
      ['doctor'],
      ['robots', 'list'],
      ['sessions', 'list'],
      ['tail', '--no-follow', '--since', '1h', '--refused'],
    ]) {
      const env = { HELIOGRAPH_USER: 'operator-1', HELIOGRAPH_PASSWORD: 'Heliograph-1!' };
      const { out, err } = await operated.call(args, { env });
      all.push(out, err);
    }
    expect(all.join()).not.toMatch(/eyJ|Heliograph-1!|hg1\./);
  });
});
