import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  ListGroupsCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from 'vitest';
import { claimsOf, refusal, signIn, startTestIdentity } from './support/identity-fixture.ts';

const newPassword = 'Another-2@pass';

describe('users', () => {
  it('are created with a temporary password, found, and given a lasting one', async () => {
    const { clock, ...service } = await startTestIdentity();
    const { sdk, pool } = service;
    const Username = 'rover-9';
    const created = await sdk.send(
      new AdminCreateUserCommand({
        ...pool,
        Username,
        TemporaryPassword: 'Temporary-1!',
        MessageAction: 'SUPPRESS',
        UserAttributes: [{ Name: 'email', Value: 'r9@example.com' }],
      }),
    );
    expect(created.User).toMatchObject({ Username, Enabled: true, UserStatus: 'FORCE_CHANGE_PASSWORD' });
    expect(created.User?.UserCreateDate).toEqual(new Date(clock()));

    await sdk.send(
      new AdminSetUserPasswordCommand({ ...pool, Username, Password: newPassword, Permanent: true }),
    );
    const found = await sdk.send(new AdminGetUserCommand({ ...pool, Username }));
    expect(found).toMatchObject({ Username, Enabled: true, UserStatus: 'CONFIRMED' });
    expect(found.UserAttributes).toContainEqual({ Name: 'email', Value: 'r9@example.com' });
    const tokens = await signIn({ ...service, clock }, { userName: Username, password: newPassword });
    expect(claimsOf(tokens.access).sub).toBe(found.UserAttributes?.find(({ Name }) => Name === 'sub')?.Value);
  });

  it('need a free name, a conforming password and an existing pool', async () => {
    const { sdk, pool } = await startTestIdentity();
    await expect(
      sdk.send(new AdminCreateUserCommand({ ...pool, Username: 'rover-1' })),
    ).rejects.toMatchObject(refusal('UsernameExistsException', 'User account already exists'));
    await expect(
      sdk.send(new AdminCreateUserCommand({ ...pool, Username: 'rover-9', TemporaryPassword: 'short' })),
    ).rejects.toMatchObject(
      refusal('InvalidPasswordException', 'Password did not conform with policy: Password not long enough'),
    );
    await expect(
      sdk.send(new AdminSetUserPasswordCommand({ ...pool, Username: 'rover-1', Password: 'short' })),
    ).rejects.toMatchObject(refusal('InvalidPasswordException'));
    await expect(
      sdk.send(new AdminCreateUserCommand({ UserPoolId: 'us-east-1_Other', Username: 'rover-9' })),
    ).rejects.toMatchObject(refusal('ResourceNotFoundException'));
  });

  it('get a new sub when they are deleted and made again', async () => {
    const { sdk, pool } = await startTestIdentity();
    const target = { ...pool, Username: 'rover-1' };
    const subOf = async () =>
      (await sdk.send(new AdminGetUserCommand(target))).UserAttributes?.find(({ Name }) => Name === 'sub')
        ?.Value;
    const before = await subOf();
    await sdk.send(new AdminDeleteUserCommand(target));
    await expect(subOf()).rejects.toMatchObject(refusal('UserNotFoundException', 'User does not exist.'));
    await sdk.send(new AdminCreateUserCommand(target));
    expect(await subOf()).not.toBe(before);
  });

  it('can be disabled and enabled, by name or by sub', async () => {
    const service = await startTestIdentity();
    const { sdk, pool } = service;
    const sub = claimsOf((await signIn(service)).access).sub ?? '';
    const enabled = async () =>
      (await sdk.send(new AdminGetUserCommand({ ...pool, Username: 'operator-1' }))).Enabled;
    await sdk.send(new AdminDisableUserCommand({ ...pool, Username: sub }));
    expect(await enabled()).toBe(false);
    await sdk.send(new AdminEnableUserCommand({ ...pool, Username: 'operator-1' }));
    expect(await enabled()).toBe(true);
    await expect(signIn(service)).resolves.toBeDefined();
  });

  it('are refused by every operation when they do not exist', async () => {
    const { sdk, pool } = await startTestIdentity();
    const nobody = { ...pool, Username: 'nobody' };
    const missing = refusal('UserNotFoundException', 'User does not exist.');
    await expect(sdk.send(new AdminDisableUserCommand(nobody))).rejects.toMatchObject(missing);
    await expect(sdk.send(new AdminEnableUserCommand(nobody))).rejects.toMatchObject(missing);
    await expect(sdk.send(new AdminDeleteUserCommand(nobody))).rejects.toMatchObject(missing);
    await expect(sdk.send(new AdminListGroupsForUserCommand(nobody))).rejects.toMatchObject(missing);
  });

  it('are listed in pages, filtered, with the attributes that were asked for', async () => {
    const { sdk, pool } = await startTestIdentity();
    const names = async (input: { Limit?: number; PaginationToken?: string; Filter?: string }) => {
      const page = await sdk.send(new ListUsersCommand({ ...pool, ...input }));
      return { names: page.Users?.map((user) => user.Username), next: page.PaginationToken };
    };
    expect(await names({})).toEqual({ names: ['rover-1', 'operator-1', 'new-1'], next: undefined });
    const first = await names({ Limit: 2 });
    expect(first.names).toEqual(['rover-1', 'operator-1']);
    expect(await names({ Limit: 2, PaginationToken: first.next ?? '' })).toEqual({ names: ['new-1'] });
    expect((await names({ Filter: 'username ^= "rover"' })).names).toEqual(['rover-1']);
    expect((await names({ Filter: 'email = "op@example.com"' })).names).toEqual(['operator-1']);
    expect((await names({ Filter: 'cognito:user_status = "FORCE_CHANGE_PASSWORD"' })).names).toEqual([
      'new-1',
    ]);
    expect((await names({ Filter: 'email = "nobody"' })).names).toEqual([]);
    await expect(names({ Filter: 'rover' })).rejects.toMatchObject(refusal('InvalidParameterException'));
    await expect(names({ PaginationToken: 'bogus' })).rejects.toMatchObject(
      refusal('InvalidParameterException'),
    );
    const [only] =
      (await sdk.send(new ListUsersCommand({ ...pool, Limit: 1, AttributesToGet: ['sub'] }))).Users ?? [];
    expect(only?.Attributes?.map(({ Name }) => Name)).toEqual(['sub']);
  });
});

describe('groups', () => {
  it('are created, given, listed and taken', async () => {
    const service = await startTestIdentity();
    const { sdk, pool } = service;
    const group = { ...pool, GroupName: 'fleet:other' };
    const membership = { ...group, Username: 'operator-1' };
    const theirs = async () =>
      (await sdk.send(new AdminListGroupsForUserCommand({ ...pool, Username: 'operator-1' }))).Groups?.map(
        ({ GroupName }) => GroupName,
      );
    const created = await sdk.send(
      new CreateGroupCommand({ ...group, Description: 'Others', Precedence: 3 }),
    );
    expect(created.Group).toMatchObject({ GroupName: 'fleet:other', Description: 'Others', Precedence: 3 });
    await sdk.send(new AdminAddUserToGroupCommand(membership));
    await sdk.send(new AdminAddUserToGroupCommand(membership));
    expect(await theirs()).toEqual(['fleet:demo', 'operators', 'fleet:other'].sort(bySeedOrder));
    expect(claimsOf((await signIn(service)).access)['cognito:groups']).toContain('fleet:other');
    await sdk.send(new AdminRemoveUserFromGroupCommand(membership));
    expect(await theirs()).not.toContain('fleet:other');
    expect(claimsOf((await signIn(service)).access)['cognito:groups']).not.toContain('fleet:other');
  });

  it('leave their users when they are deleted, and begin empty when made again', async () => {
    const service = await startTestIdentity();
    const { sdk, pool } = service;
    const group = { ...pool, GroupName: 'fleet:demo' };
    const names = async () => (await sdk.send(new ListGroupsCommand(pool))).Groups?.map((g) => g.GroupName);
    const claimed = async (userName: string) =>
      claimsOf((await signIn(service, { userName })).access)['cognito:groups'];
    await sdk.send(new DeleteGroupCommand(group));
    expect(await names()).toEqual(['robots', 'operators', 'viewers']);
    await sdk.send(new CreateGroupCommand(group));
    expect(await names()).toContain('fleet:demo');
    expect(await claimed('operator-1')).toEqual(['operators']);
    expect(await claimed('rover-1')).toEqual(['robots']);
  });

  it('exist as the seeds name them, in pages', async () => {
    const { sdk, pool } = await startTestIdentity();
    const first = await sdk.send(new ListGroupsCommand({ ...pool, Limit: 3 }));
    expect(first.Groups?.map(({ GroupName }) => GroupName)).toEqual(['robots', 'fleet:demo', 'operators']);
    const rest = await sdk.send(new ListGroupsCommand({ ...pool, NextToken: first.NextToken }));
    expect(rest.Groups?.map(({ GroupName }) => GroupName)).toEqual(['viewers']);
    expect(rest.NextToken).toBeUndefined();
  });

  it('are refused when taken, or missing', async () => {
    const { sdk, pool } = await startTestIdentity();
    await expect(sdk.send(new CreateGroupCommand({ ...pool, GroupName: 'robots' }))).rejects.toMatchObject(
      refusal('GroupExistsException', 'A group with the name already exists.'),
    );
    const missing = { ...pool, Username: 'rover-1', GroupName: 'nosuch' };
    const refused = refusal('ResourceNotFoundException', 'Group not found.');
    await expect(sdk.send(new AdminAddUserToGroupCommand(missing))).rejects.toMatchObject(refused);
    await expect(sdk.send(new AdminRemoveUserFromGroupCommand(missing))).rejects.toMatchObject(refused);
    await expect(sdk.send(new DeleteGroupCommand({ ...pool, GroupName: 'nosuch' }))).rejects.toMatchObject(
      refused,
    );
  });
});

const seedOrder = ['robots', 'fleet:demo', 'operators', 'viewers', 'fleet:other'];
const bySeedOrder = (a: string, b: string) => seedOrder.indexOf(a) - seedOrder.indexOf(b);

describe('descriptions', () => {
  it('tell the pool', async () => {
    const { sdk, pool } = await startTestIdentity();
    const { UserPool } = await sdk.send(new DescribeUserPoolCommand(pool));
    expect(UserPool).toMatchObject({
      Id: 'us-east-1_Heliograph',
      MfaConfiguration: 'OFF',
      EstimatedNumberOfUsers: 3,
      Policies: { PasswordPolicy: { MinimumLength: 8 } },
    });
    await expect(
      sdk.send(new DescribeUserPoolCommand({ UserPoolId: 'us-east-1_Other' })),
    ).rejects.toMatchObject(refusal('ResourceNotFoundException'));
  });

  it('tell each client all three validities and all three units (F1)', async () => {
    const { sdk, pool, identity } = await startTestIdentity({
      refreshTokenRotation: { people: { retryGraceMs: 10_000 } },
    });
    const describeClient = async (ClientId: string) =>
      (await sdk.send(new DescribeUserPoolClientCommand({ ...pool, ClientId }))).UserPoolClient;
    expect(await describeClient(identity.clientIds.robots)).toMatchObject({
      ClientName: 'robots',
      AccessTokenValidity: 14_400,
      IdTokenValidity: 14_400,
      RefreshTokenValidity: 31_536_000,
      TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'seconds', RefreshToken: 'seconds' },
      ExplicitAuthFlows: expect.arrayContaining(['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']),
      EnableTokenRevocation: true,
      RefreshTokenRotation: { Feature: 'DISABLED' },
    });
    expect(await describeClient(identity.clientIds.people)).toMatchObject({
      RefreshTokenValidity: 2_592_000,
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
    });
    await expect(describeClient('nosuch')).rejects.toMatchObject(refusal('ResourceNotFoundException'));
  });
});
