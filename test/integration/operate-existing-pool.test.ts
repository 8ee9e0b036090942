import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededPassword as password } from '../../local/stack/users.ts';
import { localOnly } from './support/emulator.ts';
import { type Operated, startOperated } from './support/operated.ts';
import { enterAs } from './support/raw-client.ts';

const groups = { robots: 'devices', operators: 'Teleoperators', viewers: 'staff', admins: 'root' };

const user = (email: string, ...of: string[]) => ({
  email,
  userName: randomUUID(),
  password,
  groups: of,
});

describe.skipIf(localOnly)('[local-only] heliograph robots, in a pool that names robots by groups', () => {
  const robot = user('rover-1@robots.example.org', 'device/rover-1', 'site-berlin');
  const nameless = user('rover-9@robots.example.org', 'devices');
  const torn = user('rover-8@robots.example.org', 'device/rover-8', 'device/rover-7');
  const person = user('operator-1@example.org', 'Teleoperators', 'site-berlin');
  let operated: Operated;
  beforeAll(async () => {
    operated = await startOperated({
      users: [robot, nameless, torn, person],
      conventions: { robotIdGroupPrefix: 'device/', groups, fleetPrefix: 'site-' },
    });
  });
  afterAll(() => operated.close());

  it('list: by the id of the robot, beside the name of its user; who has no id is said so', async () => {
    const { client } = await enterAs(operated.stack.addresses, robot.email);
    const rows = await operated.json(['robots', 'list']);
    expect(rows).toHaveLength(3);
    expect(rows).toContainEqual(
      expect.objectContaining({
        robot: 'rover-1',
        user: robot.userName,
        state: 'online',
        fleets: ['berlin'],
        'sign-in': 'enrolled',
      }),
    );
    for (const { userName } of [nameless, torn]) {
      expect(rows).toContainEqual(expect.objectContaining({ user: userName, state: 'unnamed' }));
    }
    const { out } = await operated.call(['robots', 'list']);
    expect(out.split('\n')[0]).toMatch(/^ROBOT +USER +STATE/);
    await client.close();
  });

  it('create and enrol: the user may have an e-mail for a name, and is the robot of its group', async () => {
    const created = ['robots', 'create', 'rover-20', '--user', 'rover-20@robots.example.org'];
    expect((await operated.call([...created, '--fleet', 'berlin'])).code).toBe(0);
    expect(await operated.json(['robots', 'list'])).toContainEqual(
      expect.objectContaining({
        robot: 'rover-20',
        user: expect.stringContaining('rover-20@'),
        state: 'never',
      }),
    );
    const { code, out } = await operated.call(['robots', 'enrol', 'rover-20']);
    expect(code).toBe(0);
    const [, fields = ''] = /hg1\.([\w-]+)/.exec(out) ?? [];
    expect(JSON.parse(Buffer.from(fields, 'base64url').toString())).toMatchObject({
      user: 'rover-20@robots.example.org',
    });
  });

  it('disable: by the id of the robot, and closes what its user has open', async () => {
    const { client } = await enterAs(operated.stack.addresses, robot.email);
    expect(await operated.json(['robots', 'disable', 'rover-1'])).toEqual({ robot: 'rover-1', closed: 1 });
    await client.closed;
    expect(await operated.json(['robots', 'list'])).toContainEqual(
      expect.objectContaining({ robot: 'rover-1', 'sign-in': 'disabled' }),
    );
  });

  it.each([
    [['robots', 'enrol', 'rover-404'], 'There is no user rover-404.'],
    [['robots', 'disable', 'operator-1@example.org'], 'There is no user operator-1@example.org.'],
  ])('%j says what is wrong', async (args, message) => {
    expect(await operated.call(args)).toMatchObject({ code: 1, err: expect.stringContaining(message) });
  });
});

describe.skipIf(localOnly)('[local-only] heliograph robots, in a pool that names robots by a claim', () => {
  const start = (robotIdClaim: string) =>
    startOperated({
      users: [user('old@robots.example.org', 'devices')],
      conventions: { robotIdClaim, groups },
    });

  it('create writes the attribute, list reads it', async () => {
    const operated = await start('custom:robotId');
    try {
      await operated.call(['robots', 'create', 'rover-30', '--user', 'thirty']);
      expect(await operated.json(['robots', 'list'])).toEqual([
        expect.objectContaining({ state: 'unnamed' }),
        expect.objectContaining({ robot: 'rover-30', user: 'thirty', state: 'never' }),
      ]);
      await operated.call(['robots', 'create', 'rover-30', '--user', 'another']);
      const { code, err } = await operated.call(['robots', 'enrol', 'rover-30']);
      expect({ code, err }).toMatchObject({
        code: 1,
        err: expect.stringContaining('2 users are the robot rover-30'),
      });
    } finally {
      await operated.close();
    }
  });

  it('a claim that a trigger writes is nothing that this command can write', async () => {
    const operated = await start('device_id');
    try {
      const { code, err } = await operated.call(['robots', 'create', 'rover-31', '--user', 'thirty-one']);
      expect(code).toBe(1);
      expect(err).toContain('the claim device_id says which robot a user is');
      expect(await operated.json(['robots', 'list'])).toHaveLength(1);
    } finally {
      await operated.close();
    }
  });
});
