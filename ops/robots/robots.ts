import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  CreateGroupCommand,
  paginateListUsersInGroup,
} from '@aws-sdk/client-cognito-identity-provider';
import { tokenPolicyFrom } from '../../functions/runtime/settings.ts';
import { robotId } from '../../protocol/ids.ts';
import { clientsOf, portsOf } from '../deployment/clients.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { asking, askingFor, OperationFailed } from '../failure.ts';
import { enrolmentCode, newPassword } from './enrolment-code.ts';

const robots = 'robots';
const dayMs = 86_400_000;

type Cognito = {
  readonly client: CognitoIdentityProviderClient;
  readonly pool: { readonly UserPoolId: string };
  readonly endpoint: string | undefined;
};

function cognitoOf(deployment: Deployment): Cognito {
  const { userPoolId: UserPoolId, identity: endpoint } = deployment;
  return { client: clientsOf(deployment).cognito(), pool: { UserPoolId }, endpoint };
}

/** Makes the robot's user, in the group of robots and in its fleets. It cannot sign in until it is enrolled. @throws {OperationFailed} */
export async function createRobot(
  deployment: Deployment,
  of: { readonly name: string; readonly fleets: readonly string[] },
): Promise<void> {
  const { client, pool, endpoint } = cognitoOf(deployment);
  const Username = requireName(of.name);
  await asking({ action: 'cognito-idp:AdminCreateUser', endpoint }, () =>
    client
      .send(
        new AdminCreateUserCommand({
          ...pool,
          Username,
          MessageAction: 'SUPPRESS',
          TemporaryPassword: newPassword(),
        }),
      )
      .catch((failure: unknown) => {
        if (!hasName(failure, 'UsernameExistsException')) throw failure;
        throw new OperationFailed(
          `There is a user ${Username} already.`,
          `To sign it in anew: heliograph robots enrol ${Username}.`,
        );
      }),
  );
  for (const GroupName of [robots, ...of.fleets.map((fleet) => `fleet:${fleet}`)]) {
    if (GroupName !== robots) {
      await asking({ action: 'cognito-idp:CreateGroup', endpoint }, () =>
        client.send(new CreateGroupCommand({ ...pool, GroupName })).catch((failure: unknown) => {
          if (!hasName(failure, 'GroupExistsException')) throw failure;
        }),
      );
    }
    await asking({ action: 'cognito-idp:AdminAddUserToGroup', endpoint }, () =>
      client.send(new AdminAddUserToGroupCommand({ ...pool, Username, GroupName })),
    );
  }
}

export type Enrolment = { readonly code: string; readonly validForDays: number };

/** As the pool has it for temporary passwords. */
const validForDays = 3;

/**
 * Makes a code by which the robot signs in once: a temporary password and where to use it. Its use sets a
 * password that nobody knows, so that it works once; the robot lives by its refresh token from then on.
 * Sign-ins that the robot has are kept: `robots disable` ends those.
 *
 * @throws {OperationFailed}
 */
export async function enrolRobot(deployment: Deployment, name: string): Promise<Enrolment> {
  const { client, pool, endpoint } = cognitoOf(deployment);
  const Username = requireName(name);
  const groups = await askingFor({ action: 'cognito-idp:AdminListGroupsForUser', endpoint }, () =>
    client.send(new AdminListGroupsForUserCommand({ ...pool, Username })),
  );
  if (groups === undefined) throw unknownRobot(Username);
  if (!(groups.Groups ?? []).some(({ GroupName }) => GroupName === robots)) {
    throw new OperationFailed(
      `${Username} is no robot: it is not in the group ${robots}.`,
      'People choose their own passwords. A robot is made by: heliograph robots create <name>.',
    );
  }
  const user = await asking({ action: 'cognito-idp:AdminGetUser', endpoint }, () =>
    client.send(new AdminGetUserCommand({ ...pool, Username })),
  );
  if (user.Enabled === false) {
    throw new OperationFailed(
      `${Username} is disabled.`,
      `Enable it first: aws cognito-idp admin-enable-user --user-pool-id ${pool.UserPoolId} --username ${Username}.`,
    );
  }
  const password = newPassword();
  await asking({ action: 'cognito-idp:AdminSetUserPassword', endpoint }, () =>
    client.send(new AdminSetUserPasswordCommand({ ...pool, Username, Password: password, Permanent: false })),
  );
  const { region, identity, gateway, clientIds } = deployment;
  const { refreshTokenMs } = tokenPolicyFrom(deployment.environment);
  const code = enrolmentCode({
    user: Username,
    password,
    clientId: clientIds.robots,
    url: gateway,
    ...(identity === undefined ? { region } : { identity }),
    refreshTokenDays: Math.floor(refreshTokenMs.robots / dayMs),
  });
  return { code, validForDays };
}

/** It signs in no more; what it has open is closed by `revoke`. @throws {OperationFailed} */
export async function disableRobot(deployment: Deployment, name: string): Promise<void> {
  const { client, pool, endpoint } = cognitoOf(deployment);
  const Username = requireName(name);
  const done = await askingFor({ action: 'cognito-idp:AdminDisableUser', endpoint }, () =>
    client.send(new AdminDisableUserCommand({ ...pool, Username })),
  );
  if (done === undefined) throw unknownRobot(Username);
}

export type RobotLine = {
  readonly robot: string;
  /** `never`: it has a user and was never here. */
  readonly state: 'online' | 'away' | 'offline' | 'never';
  readonly fleets: readonly string[];
  readonly controlled: boolean;
  readonly signIn: string;
  readonly tokenExpiresAt: number | undefined;
};

/** All robots of the pool, with what is known of their connections. @throws {OperationFailed} */
export async function listRobots(deployment: Deployment): Promise<readonly RobotLine[]> {
  const { client, pool, endpoint } = cognitoOf(deployment);
  const users: { name: string; signIn: string }[] = [];
  await asking({ action: 'cognito-idp:ListUsersInGroup', endpoint }, async () => {
    for await (const page of paginateListUsersInGroup({ client }, { ...pool, GroupName: robots })) {
      for (const { Username = '', Enabled, UserStatus } of page.Users ?? []) {
        users.push({ name: Username, signIn: signInOf(Enabled, UserStatus) });
      }
    }
  });
  const ids = users.flatMap(({ name }) => robotId.safeParse(name).data ?? []);
  const ports = portsOf(deployment).robots();
  const batches = Array.from({ length: Math.ceil(ids.length / 100) }, (_, i) =>
    ids.slice(i * 100, (i + 1) * 100),
  );
  const rows = await asking({ action: 'dynamodb:BatchGetItem', endpoint }, async () =>
    (await Promise.all(batches.map((batch) => ports.getMany(batch)))).flat(),
  );
  const byId = new Map<string, (typeof rows)[number]>(rows.map((row) => [row.robotId, row]));
  return users
    .map(({ name, signIn }): RobotLine => {
      const row = byId.get(name);
      return {
        robot: name,
        state: row?.state ?? 'never',
        fleets: row?.fleets ?? [],
        controlled: row?.controllerSessionId !== undefined,
        signIn,
        tokenExpiresAt: row?.socket?.tokenExpiresAt,
      };
    })
    .sort((a, b) => a.robot.localeCompare(b.robot));
}

function signInOf(enabled: boolean | undefined, status: string | undefined): string {
  if (enabled === false) return 'disabled';
  return status === 'FORCE_CHANGE_PASSWORD' ? 'to be enrolled' : 'enrolled';
}

function requireName(name: string): string {
  const parsed = robotId.safeParse(name);
  if (parsed.success && !/\s/.test(name)) return name;
  throw new OperationFailed(
    `A robot cannot be named ${JSON.stringify(name.slice(0, 40))}.`,
    'A name has 1 to 128 characters, none of them a space.',
  );
}

function unknownRobot(name: string): OperationFailed {
  return new OperationFailed(
    `There is no user ${name}.`,
    `heliograph robots list shows who there is; heliograph robots create ${name} makes it.`,
  );
}

function hasName(failure: unknown, name: string): boolean {
  return failure instanceof Error && failure.name === name;
}
