import {
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  type AdminEnableUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUserGlobalSignOutCommand,
  GlobalSignOutCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from './support/emulator.ts';
import { bearer, connectWith, handshakeStatus, openPair, type RawClient } from './support/raw-client.ts';
import { atCognito, refreshed, signInFully } from './support/sign-in.ts';
import { type LifeEvent, startTestStack } from './support/target.ts';

/** The bound of F13: from the revocation to the last word on the open connections. */
const cutWithinMs = 5_000;

const revokedWord = { type: 'goAway', code: 'revoked', reconnect: false };

describe.skipIf(localOnly)('[local-only] F13: revocation', () => {
  let stack: LocalStack;
  const events: LifeEvent[] = [];
  beforeAll(async () => {
    stack = await startTestStack({}, { lifeLog: { note: (event) => void events.push(event) } });
  });
  afterAll(() => stack.close());

  /** Signs in and is welcomed on a connection with that token. */
  async function enter(userName: string, signIn = signInFully(stack.addresses, userName)) {
    const tokens = await signIn;
    const client = await connectWith(stack.addresses, bearer(tokens.accessToken));
    const welcome = await client.hello();
    return { client, welcome, ...tokens };
  }

  async function cutOff(...clients: readonly RawClient[]): Promise<number> {
    const startedAt = performance.now();
    for (const client of clients) {
      expect(await client.nextOf('goAway')).toEqual(revokedWord);
      expect(await client.closed).toEqual({ code: 1000 });
    }
    return performance.now() - startedAt;
  }

  const statusWith = (token: string) => handshakeStatus(stack.addresses, bearer(token));

  it('by an operator: every connection of the user is cut, its tokens are refused, a new sign-in works at once', async () => {
    const tab = await enter('operator-1');
    const otherTab = await enter('operator-1');
    const bystander = await enter('operator-2');
    const { robot, client, key } = await openPair(stack.addresses, {
      robot: 'rover-1',
      client: 'operator-1',
    });
    const revoking = stack.revoke({ userName: 'operator-1' });
    expect(await cutOff(tab.client, otherTab.client, client)).toBeLessThan(cutWithinMs);
    expect(await robot.nextOf('sessionClosed')).toMatchObject({
      sessionId: key.sessionId,
      reason: 'revoked',
    });
    // The operator's order, and the event of the global sign-out that it made: together they closed each once.
    await revoking;
    const closed = () =>
      events.reduce((sum, event) => sum + (event.type === 'revoked' ? event.closed : 0), 0);
    await expect.poll(closed, { timeout: cutWithinMs }).toBe(3);

    expect(await statusWith(tab.accessToken)).toBe(401);
    await expect(refreshed(stack.addresses, { userName: 'operator-1', ...tab })).rejects.toThrow();
    const again = await enter('operator-1');
    expect(again.welcome.kind).toBe('client');
    // Neither others nor the robot that it had a session with were touched.
    for (const { socket } of [bystander.client, robot]) expect(socket.readyState).toBe(socket.OPEN);
    expect(events).toContainEqual({ type: 'connect_refused', status: 401, reason: 'revoked' });
    await Promise.all([again.client, bystander.client, robot].map((each) => each.close()));
  });

  it('of a robot: it is away at once, and its old token cannot take it over again', async () => {
    const { robot, client } = await openPair(stack.addresses, { robot: 'rover-2', client: 'operator-2' });
    const { accessToken } = await signInFully(stack.addresses, 'rover-2');
    await stack.revoke({ userName: 'rover-2' });
    expect(await robot.nextOf('goAway')).toEqual(revokedWord);
    const { robots } = await client.ask('listRobots', 'robots');
    expect(robots.find(({ robotId }) => robotId === 'rover-2')).toMatchObject({ state: 'away' });
    expect(await statusWith(accessToken)).toBe(401);
    const back = await enter('rover-2');
    expect(back.welcome.robotId).toBe('rover-2');
    await Promise.all([client.close(), back.client.close()]);
  });

  it('says who does not exist, and does not swallow what it cannot read', async () => {
    await expect(stack.revoke({ userName: 'nobody-1' })).rejects.toThrow('no such user');
    for (const strange of [{}, { username: 'operator-1' }, 'operator-1', { userName: '' }, null]) {
      await expect(stack.revoke(strange)).rejects.toThrow('Neither');
    }
  });

  it('of one sign-in, by `bye {signOut: true}`: its other tab is cut, another sign-in of the user is not', async () => {
    const signIn = signInFully(stack.addresses, 'viewer-1');
    const one = await enter('viewer-1', signIn);
    const sameSignIn = await enter('viewer-1', signIn);
    const elsewhere = await enter('viewer-1');
    await atCognito(stack.addresses, (cognito) =>
      cognito.send(
        new RevokeTokenCommand({ Token: one.refreshToken, ClientId: stack.addresses.clientIds.people }),
      ),
    );
    one.client.send({ action: 'bye', signOut: true });
    expect(await one.client.closed).toEqual({ code: 1000 });
    await cutOff(sameSignIn.client);
    expect(await statusWith(one.accessToken)).toBe(401);
    expect(await statusWith(elsewhere.accessToken)).toBe(101);
    await elsewhere.client.ask('listRobots', 'robots');
    await elsewhere.client.close();
  });

  type Change = (user: { UserPoolId: string; Username: string; accessToken: string }) => object;
  const changes: [name: string, userName: string, make: Change][] = [
    [
      'a global sign-out by an administrator',
      'operator-2',
      ({ accessToken: _, ...user }) => new AdminUserGlobalSignOutCommand(user),
    ],
    [
      'a global sign-out by the user',
      'operator-1',
      ({ accessToken }) => new GlobalSignOutCommand({ AccessToken: accessToken }),
    ],
    [
      'a user that was disabled',
      'operator-9',
      ({ accessToken: _, ...user }) => new AdminDisableUserCommand(user),
    ],
    ['a user that was deleted', 'admin-1', ({ accessToken: _, ...user }) => new AdminDeleteUserCommand(user)],
  ];
  it.each(changes)('in Cognito itself, %s: leads to the same', async (_name, userName, make) => {
    const { client, accessToken } = await enter(userName);
    const user = { UserPoolId: stack.addresses.userPoolId, Username: userName, accessToken };
    // The union of the commands is too much for the client's overloads.
    await atCognito(stack.addresses, (cognito) => cognito.send(make(user) as AdminEnableUserCommand));
    expect(await cutOff(client)).toBeLessThan(cutWithinMs);
    expect(await statusWith(accessToken)).toBe(401);
  });

  it('in Cognito itself, a user taken out of a group: the old token is refused, a renewed one enters with less', async () => {
    const { client, accessToken, refreshToken } = await enter('rover-3');
    await atCognito(stack.addresses, (cognito) =>
      cognito.send(
        new AdminRemoveUserFromGroupCommand({
          UserPoolId: stack.addresses.userPoolId,
          Username: 'rover-3',
          GroupName: 'fleet:demo',
        }),
      ),
    );
    expect(await client.nextOf('goAway')).toEqual({ type: 'goAway', code: 'revoked', reconnect: true });
    expect(await statusWith(accessToken)).toBe(401);
    // The next second: within the same one nobody could tell the new token from the old.
    await expect
      .poll(async () => statusWith(await refreshed(stack.addresses, { userName: 'rover-3', refreshToken })), {
        timeout: 5_000,
        interval: 500,
      })
      .toBe(101);
    const token = await refreshed(stack.addresses, { userName: 'rover-3', refreshToken });
    const back = await connectWith(stack.addresses, bearer(token));
    expect((await back.hello()).groups).toEqual(['robots']);
    await back.close();
  });
});

/** The clocks of Cognito and of the functions differ; a revocation must neither refuse honest sign-ins nor admit revoked ones. */
describe.skipIf(localOnly).each([-4, 4])(
  '[local-only] F13: with Cognito’s clock %i s from ours',
  (seconds) => {
    let stack: LocalStack;
    beforeAll(async () => {
      stack = await startTestStack({ identityClock: () => Date.now() + seconds * 1000 });
    });
    afterAll(() => stack.close());

    it('who signs in after a revocation enters at once, and who did before does not', async () => {
      const before = await signInFully(stack.addresses, 'operator-1');
      const client = await connectWith(stack.addresses, bearer(before.accessToken));
      await client.hello();
      await stack.revoke({ userName: 'operator-1' });
      expect(await client.closed).toEqual({ code: 1000 });
      const after = await signInFully(stack.addresses, 'operator-1');
      expect(await handshakeStatus(stack.addresses, bearer(before.accessToken))).toBe(401);
      const back = await connectWith(stack.addresses, bearer(after.accessToken));
      expect((await back.hello()).kind).toBe('client');
      await back.close();
    });
  },
);
