import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminSetUserPasswordCommand,
  CreateGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { PoolConventions } from '../../functions/pool-conventions.ts';
import { tokenPolicyFrom } from '../../functions/runtime/settings.ts';
import { robotId } from '../../protocol/ids.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { asking, askingFor, OperationFailed } from '../failure.ts';
import { enrolmentCode, newPassword } from './enrolment-code.ts';
import { namesByUser, type Pool, poolOf, robotUsers } from './robot-users.ts';

const dayMs = 86_400_000;

/**
 * Makes the robot's user, in the groups and fleets by which this pool tells robots. It cannot sign in until it is
 * enrolled.
 *
 * @throws {OperationFailed}
 */
export async function createRobot(
  deployment: Deployment,
  of: {
    readonly name: string;
    readonly fleets: readonly string[];
    /** What its user is called, where that is not to be the id. */
    readonly userName?: string | undefined;
  },
): Promise<void> {
  const { client, pool, endpoint, conventions } = poolOf(deployment);
  const name = requireName(of.name);
  const Username = of.userName ?? name;
  if (Username !== name && namesByUser(conventions)) {
    throw new OperationFailed(
      'In this pool the name of the user is the id of the robot.',
      'Leave --user away, or have robots told by a group or a claim: identity in docs/configuration.md.',
    );
  }
  const UserAttributes = attributesFor(conventions, name);
  await asking({ action: 'cognito-idp:AdminCreateUser', endpoint }, () =>
    client
      .send(
        new AdminCreateUserCommand({
          ...pool,
          Username,
          MessageAction: 'SUPPRESS',
          TemporaryPassword: newPassword(),
          ...(UserAttributes.length > 0 && { UserAttributes }),
        }),
      )
      .catch((failure: unknown) => {
        if (!hasName(failure, 'UsernameExistsException')) throw failure;
        throw new OperationFailed(
          `There is a user ${Username} already.`,
          `To sign it in anew: heliograph robots enrol ${name}.`,
        );
      }),
  );
  const { robotIdGroupPrefix: prefix, groups, fleetPrefix } = conventions;
  const isRobot = prefix === undefined ? groups.robots : `${prefix}${name}`;
  for (const GroupName of [isRobot, ...of.fleets.map((fleet) => `${fleetPrefix}${fleet}`)]) {
    if (GroupName !== groups.robots) {
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

/** The attribute that becomes the claim with the robot's id, where the pool wants one. */
function attributesFor({ robotIdClaim: Name }: PoolConventions, Value: string) {
  if (Name === undefined) return [];
  if (Name.startsWith('custom:')) return [{ Name, Value }];
  throw new OperationFailed(
    `In this pool the claim ${Name} says which robot a user is, and this command cannot write it.`,
    'Make the user as the owner of the pool does; then: heliograph robots list.',
  );
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
  const from = poolOf(deployment);
  const { client, pool, endpoint } = from;
  const Username = await robotUserNamed(from, requireName(name));
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

/**
 * It signs in no more; what it has open is closed by `revoke`.
 *
 * @returns the name of its user.
 * @throws {OperationFailed}
 */
export async function disableRobot(deployment: Deployment, name: string): Promise<string> {
  const from = poolOf(deployment);
  const { client, pool, endpoint, conventions } = from;
  const robot = requireName(name);
  const Username = namesByUser(conventions) ? robot : await robotUserNamed(from, robot);
  const done = await askingFor({ action: 'cognito-idp:AdminDisableUser', endpoint }, () =>
    client.send(new AdminDisableUserCommand({ ...pool, Username })),
  );
  if (done === undefined) throw unknownRobot(Username);
  return Username;
}

/** The user that is this robot. @throws {OperationFailed} where there is none, several, or one that is no robot. */
async function robotUserNamed(from: Pool, name: string): Promise<string> {
  const { client, pool, endpoint, conventions } = from;
  if (!namesByUser(conventions)) {
    const users = (await robotUsers(from)).filter(({ robotId }) => robotId === name);
    const [first, ...more] = users;
    if (first === undefined) throw unknownRobot(name);
    if (more.length === 0) return first.userName;
    throw new OperationFailed(
      `${users.length} users are the robot ${name}: ${users.map(({ userName }) => userName).join(', ')}.`,
      'Take its group or claim away from all but one: two devices must not have one identity.',
    );
  }
  const robots = conventions.groups.robots;
  const groups = await askingFor({ action: 'cognito-idp:AdminListGroupsForUser', endpoint }, () =>
    client.send(new AdminListGroupsForUserCommand({ ...pool, Username: name })),
  );
  if (groups === undefined) throw unknownRobot(name);
  if ((groups.Groups ?? []).some(({ GroupName }) => GroupName === robots)) return name;
  throw new OperationFailed(
    `${name} is no robot: it is not in the group ${robots}.`,
    'People choose their own passwords. A robot is made by: heliograph robots create <name>.',
  );
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
