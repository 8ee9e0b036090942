import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
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

  it('an expired password: a new one is chosen, and too simple a one is refused', async () => {
    const { identity, userPoolId } = stage.stack.addresses;
    const admin = new CognitoIdentityProviderClient({
      endpoint: identity,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const TemporaryPassword = 'Temporary-1!';
    await admin.send(
      new AdminCreateUserCommand({ UserPoolId: userPoolId, Username: 'operator-new', TemporaryPassword }),
    );
    admin.destroy();
    const page = await stage.open();
    await signIn(page, 'operator-new', TemporaryPassword);
    await page.getByLabel('New password').fill('Another-2@pass');
    await page.getByRole('button', { name: 'Set and sign in' }).click();
    await eventually(() => page.getByRole('alert').textContent()).toContain('not the same');
    await page.getByLabel('New password').fill('Another-2@pass');
    await page.getByLabel('The same again').fill('Another-2@pass');
    await page.getByRole('button', { name: 'Set and sign in' }).click();
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

  it('a clock that is ten minutes off: it is allowed for, and said', async () => {
    const page = await stage.open();
    await page.clock.install({ time: Date.now() - 600_000 });
    await page.reload();
    await page.getByRole('button', { name: 'operator-1' }).click();
    await page.getByRole('heading', { name: 'Robots' }).waitFor();
    await eventually(() => page.locator('#connection-title + .banner').textContent()).toContain(
      '10 min behind',
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
