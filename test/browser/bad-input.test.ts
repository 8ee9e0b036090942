import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRobotEndpoint } from '../../client/src/node.ts';
import { localOnly } from '../integration/support/emulator.ts';
import { sdkClient, untilStatus } from '../integration/support/sdk.ts';
import { eventually, figure, openRobot, type Stage, signIn, startStage } from './support/stage.ts';

describe.skipIf(localOnly)('[local-only] bad input to the console', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    const complaints = await stage.closeTabs();
    // The browser itself tells of each 400 that the identity answers.
    expect(complaints.filter((text) => !text.includes('status of 400'))).toEqual([]);
  });

  it('a wrong password, and none', async () => {
    const page = await stage.open();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await eventually(() => page.getByRole('alert').textContent()).toContain('Enter your user name');
    await signIn(page, 'operator-1', 'wrong');
    await eventually(() => page.getByRole('alert').textContent()).toContain('is wrong. Check both');
    await signIn(page, 'operator-1');
    await page.getByRole('heading', { name: 'Robots' }).waitFor();
  });

  const temporary = 'Temporary-1!';

  /** A user whose first password has to be changed. */
  async function makeUser(name: string, ...groups: string[]): Promise<void> {
    const { identity, userPoolId } = stage.stack.addresses;
    const admin = new CognitoIdentityProviderClient({
      endpoint: identity,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const user = { UserPoolId: userPoolId, Username: name };
    await admin.send(new AdminCreateUserCommand({ ...user, TemporaryPassword: temporary }));
    for (const GroupName of groups) await admin.send(new AdminAddUserToGroupCommand({ ...user, GroupName }));
    admin.destroy();
  }

  async function choose(page: Page, password: string, again = password): Promise<void> {
    await page.getByLabel('New password').fill(password);
    await page.getByLabel('The same again').fill(again);
    await page.getByRole('button', { name: 'Set and sign in' }).click();
  }

  it('an expired password: another is asked for until it is good, and is then the one', async () => {
    await makeUser('operator-7', 'operators', 'fleet:demo');
    const page = await stage.open();
    await signIn(page, 'operator-7', temporary);
    const problem = () => page.getByRole('alert').textContent();
    await choose(page, 'Another-2@pass', 'Another-2@pas');
    await eventually(problem).toContain('not the same');
    await choose(page, 'Sh0rt!');
    await eventually(problem).toContain('at least 8 characters');
    // By the rules of the pool, which the page does not know: told where it is to be mended.
    await choose(page, 'withoutthem');
    await eventually(problem).toContain('too simple');
    await choose(page, 'Another-2@pass');
    await page.getByRole('link', { name: 'Open rover-1' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(page, 'operator-7', temporary);
    await eventually(problem).toContain('is wrong');
    await signIn(page, 'operator-7', 'Another-2@pass');
    await page.getByRole('link', { name: 'Open rover-1' }).waitFor();
  });

  it('a user in no group at all', async () => {
    await makeUser('operator-new');
    const page = await stage.open();
    await signIn(page, 'operator-new', temporary);
    await choose(page, 'Another-2@pass');
    // In no group at all, so it is not let in. A page is not told why, and says what it may be.
    await eventually(() => page.locator('main').textContent()).toContain('does not let you in');
    const others = stage.complaints().filter((text) => !/status of 400|code: 403/.test(text));
    expect(others).toEqual([]);
  });

  it('a robot that never answers, and one that goes while it is connected to', async () => {
    const robot = sdkClient(stage.stack.addresses, 'rover-2', { kind: 'robot' });
    createRobotEndpoint(robot, { onSession: () => 'accept' });
    robot.start();
    await untilStatus(robot, 'ready');
    const page = await stage.enter('operator-1');
    await page.getByRole('link', { name: 'Open rover-2' }).click();
    await eventually(() => page.locator('.robot').textContent()).toContain('the robot did not answer.');
    await eventually(() => page.locator('.robot').textContent()).toContain('Negotiating a path');
    robot.close();
    await eventually(() => page.locator('.robot').textContent()).toContain('rover-2 is offline.');
  });

  it('a robot that is not this user’s to see', async () => {
    const page = await stage.enter('operator-9');
    await eventually(() => page.locator('main').textContent()).toContain('no robots that you may see');
    await page.goto(`${stage.url}#/robots/rover-1`);
    await eventually(() => page.locator('.robot').textContent()).toContain('You may not see rover-1');
  });

  it.each([
    { what: 'behind', offMs: -600_000 },
    { what: 'ahead of', offMs: 600_000 },
  ])('a clock that is ten minutes $what: it is allowed for, and said', async ({ what, offMs }) => {
    const page = await stage.open();
    await page.clock.install({ time: Date.now() + offMs });
    await page.reload();
    await page.getByRole('button', { name: 'operator-1' }).click();
    await page.getByRole('heading', { name: 'Robots' }).waitFor();
    await eventually(() => page.locator('#connection-title + .banner').textContent()).toContain(
      `10 min ${what}`,
    );
  });

  it('no gamepad, and no picture: both are said, and the map works', async () => {
    const page = await stage.open();
    await page.addInitScript(() => {
      // Nobody asks for a picture, so none comes.
      const nothing = { addTransceiver: () => undefined };
      Object.assign(RTCPeerConnection.prototype, nothing);
    });
    await page.reload();
    await page.getByRole('button', { name: 'operator-1' }).click();
    await openRobot(page, 'rover-1');
    expect(await figure(page, 'x')).not.toBeNaN();
    await eventually(() => page.locator('.camera').textContent()).toContain('No picture from this robot');
    await page.getByRole('button', { name: 'Take control' }).click();
    await eventually(() => page.locator('.hints').textContent()).toContain('No gamepad');
  });

  it('settings that are missing or wrong: says who should look', async () => {
    const page = await stage.open();
    for (const body of ['<html>404</html>', '{}', '{"gateways": [], "identity": {}}']) {
      await page.route('**/settings.json', (route) =>
        route.fulfill({ body, contentType: 'application/json' }),
      );
      await page.reload();
      await eventually(() => page.getByRole('alert').textContent()).toContain('The console cannot start.');
    }
  });
});
