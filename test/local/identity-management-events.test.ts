import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  DeleteUserCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  ListUsersCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from 'vitest';
import type { LocalIdentityOptions, ManagementEvent } from '../../local/identity/identity.ts';
import {
  claimsOf,
  getTokens,
  hourMs,
  password,
  refresh,
  refusal,
  signIn,
  startTestIdentity,
  type TestIdentity,
} from './support/identity-fixture.ts';

const Username = 'operator-1';
const newPassword = 'Another-2@pass';
const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';

type Service = TestIdentity & { told: ManagementEvent[] };

async function startTelling(overrides: Partial<LocalIdentityOptions> = {}): Promise<Service> {
  const told: ManagementEvent[] = [];
  const service = await startTestIdentity({
    onManagementEvent: (event) => told.push(event),
    ...overrides,
  });
  return { ...service, told };
}

const onUser = {
  AdminDisableUser: ({ sdk, pool }) => sdk.send(new AdminDisableUserCommand({ ...pool, Username })),
  AdminEnableUser: ({ sdk, pool }) => sdk.send(new AdminEnableUserCommand({ ...pool, Username })),
  AdminUserGlobalSignOut: ({ sdk, pool }) =>
    sdk.send(new AdminUserGlobalSignOutCommand({ ...pool, Username })),
  AdminSetUserPassword: ({ sdk, pool }) =>
    sdk.send(new AdminSetUserPasswordCommand({ ...pool, Username, Password: newPassword, Permanent: true })),
  AdminDeleteUser: ({ sdk, pool }) => sdk.send(new AdminDeleteUserCommand({ ...pool, Username })),
} satisfies Record<string, (service: Service) => Promise<unknown>>;

const onMembership = {
  AdminAddUserToGroup: ({ sdk, pool }) =>
    sdk.send(new AdminAddUserToGroupCommand({ ...pool, Username, GroupName: 'viewers' })),
  AdminRemoveUserFromGroup: ({ sdk, pool }) =>
    sdk.send(new AdminRemoveUserFromGroupCommand({ ...pool, Username, GroupName: 'viewers' })),
} satisfies Record<string, (service: Service) => Promise<unknown>>;

const onOneself = {
  GlobalSignOut: ({ sdk }, AccessToken) => sdk.send(new GlobalSignOutCommand({ AccessToken })),
  DeleteUser: ({ sdk }, AccessToken) => sdk.send(new DeleteUserCommand({ AccessToken })),
} satisfies Record<string, (service: Service, accessToken: string) => Promise<unknown>>;

const deleteGroup = ({ sdk, pool }: TestIdentity, GroupName = 'operators') =>
  sdk.send(new DeleteGroupCommand({ ...pool, GroupName }));

const revoke = ({ sdk }: TestIdentity, ClientId: string, Token: string) =>
  sdk.send(new RevokeTokenCommand({ ClientId, Token }));

const subOf = (token: string): string => claimsOf(token).sub ?? '';

const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const administrator = expect.objectContaining({ type: 'IAMUser', accountId: '000000000000' });
const anonymous = { type: 'Unknown', principalId: 'Anonymous' };

/** The whole of an event, around what differs by operation. */
function eventOf(service: Service, call: Record<string, unknown>): object {
  const time = `${new Date(service.clock()).toISOString().slice(0, 19)}Z`;
  return {
    version: '0',
    id: uuid,
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.cognito-idp',
    account: '000000000000',
    time,
    region: 'us-east-1',
    resources: [],
    detail: {
      eventVersion: '1.08',
      eventTime: time,
      eventSource: 'cognito-idp.amazonaws.com',
      awsRegion: 'us-east-1',
      sourceIPAddress: '127.0.0.1',
      responseElements: null,
      requestID: uuid,
      eventID: uuid,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '000000000000',
      eventCategory: 'Management',
      ...call,
    },
  };
}

describe('a management event', () => {
  it.each(Object.entries(onUser))('tells of %s', async (eventName, call) => {
    const service = await startTelling();
    const sub = subOf((await signIn(service)).access);
    await call(service);
    expect(service.told).toEqual([
      eventOf(service, {
        eventName,
        userIdentity: administrator,
        requestParameters: { userPoolId: 'us-east-1_Heliograph', username: hidden },
        additionalEventData: { sub },
      }),
    ]);
  });

  it.each(Object.entries(onMembership))('tells of %s, and of which group', async (eventName, call) => {
    const service = await startTelling();
    const sub = subOf((await signIn(service)).access);
    await call(service);
    expect(service.told).toEqual([
      eventOf(service, {
        eventName,
        userIdentity: administrator,
        requestParameters: {
          userPoolId: 'us-east-1_Heliograph',
          username: hidden,
          groupName: 'viewers',
        },
        additionalEventData: { sub },
      }),
    ]);
  });

  it('tells of AdminCreateUser with the new sub', async () => {
    const service = await startTelling();
    const { sdk, pool } = service;
    const { User } = await sdk.send(new AdminCreateUserCommand({ ...pool, Username: 'rover-9' }));
    expect(service.told).toEqual([
      eventOf(service, {
        eventName: 'AdminCreateUser',
        userIdentity: administrator,
        requestParameters: { userPoolId: 'us-east-1_Heliograph', username: hidden },
        additionalEventData: { sub: User?.Attributes?.find(({ Name }) => Name === 'sub')?.Value },
      }),
    ]);
  });

  it('tells of DeleteGroup once, and of nobody who was in it', async () => {
    const service = await startTelling();
    await deleteGroup(service, 'fleet:demo');
    expect(service.told).toEqual([
      eventOf(service, {
        eventName: 'DeleteGroup',
        userIdentity: administrator,
        requestParameters: { groupName: 'fleet:demo', userPoolId: 'us-east-1_Heliograph' },
      }),
    ]);
  });

  it.each(Object.entries(onOneself))('tells of %s, by nobody that AWS knows', async (eventName, call) => {
    const service = await startTelling();
    const { access } = await signIn(service);
    await call(service, access);
    expect(service.told).toEqual([
      eventOf(service, {
        eventName,
        userIdentity: anonymous,
        requestParameters: { accessToken: hidden },
        additionalEventData: { sub: subOf(access), userPoolId: 'us-east-1_Heliograph' },
      }),
    ]);
  });

  it('tells of RevokeToken, and again when it is repeated after the user is gone', async () => {
    const service = await startTelling();
    const { access, refresh: token } = await signIn(service);
    const { people } = service.identity.clientIds;
    const expected = eventOf(service, {
      eventName: 'RevokeToken',
      userIdentity: anonymous,
      requestParameters: { token: hidden, clientId: people },
      additionalEventData: { sub: subOf(access), userPoolId: 'us-east-1_Heliograph' },
    });
    await revoke(service, people, token);
    expect(service.told).toEqual([expected]);
    await onUser.AdminDeleteUser(service);
    await revoke(service, people, token);
    expect(service.told.slice(2)).toEqual([expected]);
  });

  it('names the user by sub, by whichever name the call gave', async () => {
    const service = await startTelling();
    const { sdk, pool } = service;
    const sub = subOf((await signIn(service)).access);
    await sdk.send(new AdminDisableUserCommand({ ...pool, Username: sub }));
    expect(service.told[0]?.detail).toMatchObject({
      requestParameters: { username: hidden },
      additionalEventData: { sub },
    });
  });

  it('is dated in whole seconds by the clock of the pool, cut and not rounded', async () => {
    const service = await startTelling();
    service.clock.setMs(Date.UTC(2031, 1, 3, 4, 5, 6, 999));
    await onUser.AdminEnableUser(service);
    expect(service.told[0]).toMatchObject({
      time: '2031-02-03T04:05:06Z',
      detail: { eventTime: '2031-02-03T04:05:06Z' },
    });
  });

  it('has ids of its own', async () => {
    const service = await startTelling();
    await onUser.AdminEnableUser(service);
    await onUser.AdminEnableUser(service);
    const ids = service.told.flatMap(({ id, detail }) => [id, detail.eventID, detail.requestID]);
    expect(new Set(ids).size).toBe(6);
  });

  it('has no password, token, user name or address in it', async () => {
    const service = await startTelling();
    const { sdk, pool, identity } = service;
    const temporary = 'Temporary-1!';
    const email = 'r9@example.com';
    const sessions = [await signIn(service), await signIn(service), await signIn(service)] as const;
    const created = new AdminCreateUserCommand({
      ...pool,
      Username: 'rover-9',
      TemporaryPassword: temporary,
      UserAttributes: [{ Name: 'email', Value: email }],
    });
    await sdk.send(created);
    await revoke(service, identity.clientIds.people, sessions[0].refresh);
    await onOneself.GlobalSignOut(service, sessions[1].access);
    for (const call of Object.values(onMembership)) await call(service);
    await deleteGroup(service);
    for (const call of Object.values(onUser)) await call(service);
    const rover = await signIn(service, { userName: 'rover-1' });
    await onOneself.DeleteUser(service, rover.access);

    expect(service.told).toHaveLength(12);
    const written = JSON.stringify(service.told);
    const names = ['operator-1', 'rover-1', 'rover-9', email, 'op@example.com'];
    const tokens = [...sessions, rover].flatMap((session) => Object.values(session));
    for (const secret of [password, temporary, newPassword, ...names, ...tokens]) {
      expect(secret).not.toBe('');
      expect(written).not.toContain(secret);
    }
  });
});

describe('no management event', () => {
  it('comes of a sign-in, a refresh, a new group or a look', async () => {
    const service = await startTelling();
    const { sdk, pool } = service;
    const { access, refresh: token } = await signIn(service);
    await refresh(service, token);
    await getTokens(service, token);
    await sdk.send(new GetUserCommand({ AccessToken: access }));
    await sdk.send(new AdminGetUserCommand({ ...pool, Username }));
    await sdk.send(new ListUsersCommand(pool));
    await sdk.send(new CreateGroupCommand({ ...pool, GroupName: 'fleet:other' }));
    expect(service.told).toEqual([]);
  });

  it('comes of a call that is refused for whom or what it names', async () => {
    const service = await startTelling();
    const { sdk, pool } = service;
    const otherPool = { UserPoolId: 'us-east-1_Other' };
    const nobody = { ...pool, Username: 'nobody' };
    const noGroup = { ...pool, Username, GroupName: 'nosuch' };
    const user = { ...pool, Username };
    const calls = [
      () => sdk.send(new AdminDisableUserCommand(nobody)),
      () => sdk.send(new AdminEnableUserCommand(nobody)),
      () => sdk.send(new AdminDeleteUserCommand(nobody)),
      () => sdk.send(new AdminUserGlobalSignOutCommand(nobody)),
      () => sdk.send(new AdminSetUserPasswordCommand({ ...nobody, Password: newPassword })),
      () => sdk.send(new AdminSetUserPasswordCommand({ ...user, Password: 'short' })),
      () => sdk.send(new AdminCreateUserCommand(user)),
      () =>
        sdk.send(new AdminCreateUserCommand({ ...pool, Username: 'rover-9', TemporaryPassword: 'short' })),
      () => sdk.send(new AdminAddUserToGroupCommand(noGroup)),
      () => sdk.send(new AdminAddUserToGroupCommand({ ...nobody, GroupName: 'viewers' })),
      () => sdk.send(new AdminRemoveUserFromGroupCommand(noGroup)),
      () => sdk.send(new AdminRemoveUserFromGroupCommand({ ...nobody, GroupName: 'viewers' })),
      () => sdk.send(new DeleteGroupCommand({ ...pool, GroupName: 'nosuch' })),
      () => sdk.send(new DeleteGroupCommand({ ...otherPool, GroupName: 'viewers' })),
      () => sdk.send(new AdminDisableUserCommand({ ...otherPool, Username })),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    }
    expect(service.told).toEqual([]);
  });

  it('comes of a call whose token is refused, or unknown', async () => {
    const service = await startTelling();
    const { access, id, refresh: token } = await signIn(service);
    const { people, robots } = service.identity.clientIds;
    const notAuthorized = refusal('NotAuthorizedException');
    for (const call of Object.values(onOneself)) {
      await expect(call(service, id)).rejects.toMatchObject(notAuthorized);
      await expect(call(service, 'a.b.c')).rejects.toMatchObject(notAuthorized);
    }
    await expect(revoke(service, people, access)).rejects.toMatchObject(
      refusal('UnsupportedTokenTypeException'),
    );
    await expect(revoke(service, robots, token)).rejects.toMatchObject(refusal('UnauthorizedException'));
    await expect(revoke(service, people, 'unknown')).resolves.toBeDefined();

    service.clock.advance(4 * hourMs);
    for (const call of Object.values(onOneself)) {
      await expect(call(service, access)).rejects.toMatchObject(notAuthorized);
    }
    expect(service.told).toEqual([]);
  });

  it('comes of a call that a fault answers', async () => {
    const service = await startTelling();
    const { faults } = service.identity;
    faults.failNext(1, 'TooManyRequestsException', 'AdminDisableUser');
    await expect(onUser.AdminDisableUser(service)).rejects.toMatchObject(refusal('TooManyRequestsException'));
    faults.failFor(1000);
    await expect(onUser.AdminDisableUser(service)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 503 },
    });
    faults.clear();
    expect(service.told).toEqual([]);
    await onUser.AdminDisableUser(service);
    expect(service.told).toHaveLength(1);
  });
});

describe('a listener that fails', () => {
  const throwing = () => {
    throw new Error('from the listener');
  };
  const rejecting = () => Promise.reject(new Error('from the listener'));

  it.each<[string, Partial<LocalIdentityOptions>]>([
    ['by throwing', { onManagementEvent: throwing, onEvent: throwing }],
    ['by rejecting', { onManagementEvent: rejecting, onEvent: rejecting }],
  ])('%s, changes no answer and no state', async (_how, listeners) => {
    const service = await startTelling(listeners);
    const { sdk, pool } = service;
    const enabled = async () => (await sdk.send(new AdminGetUserCommand({ ...pool, Username }))).Enabled;
    const { access, refresh: token } = await signIn(service);
    await expect(onOneself.GlobalSignOut(service, access)).resolves.toBeDefined();
    await expect(refresh(service, token)).rejects.toMatchObject(refusal('NotAuthorizedException'));
    for (const call of Object.values(onMembership)) await expect(call(service)).resolves.toBeDefined();
    await expect(onUser.AdminDisableUser(service)).resolves.toBeDefined();
    expect(await enabled()).toBe(false);
    await expect(onUser.AdminEnableUser(service)).resolves.toBeDefined();
    expect(await enabled()).toBe(true);
    await expect(deleteGroup(service)).resolves.toBeDefined();
    await expect(onUser.AdminDeleteUser(service)).resolves.toBeDefined();
  });
});
