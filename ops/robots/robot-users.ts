import {
  type CognitoIdentityProviderClient,
  paginateListGroups,
  paginateListUsersInGroup,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { robotNamed } from '../../functions/adapters/cognito/pool-reading.ts';
import type { PoolConventions } from '../../functions/pool-conventions.ts';
import { identityFrom } from '../../functions/runtime/settings.ts';
import { type RobotId, robotId } from '../../protocol/ids.ts';
import { clientsOf } from '../deployment/clients.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { asking } from '../failure.ts';

export type Pool = {
  readonly client: CognitoIdentityProviderClient;
  readonly pool: { readonly UserPoolId: string };
  readonly endpoint: string | undefined;
  /** How this pool says who is who, as the functions are told. */
  readonly conventions: PoolConventions;
};

export function poolOf(deployment: Deployment): Pool {
  const { userPoolId: UserPoolId, identity: endpoint, environment } = deployment;
  const { conventions } = identityFrom(environment);
  return { client: clientsOf(deployment).cognito(), pool: { UserPoolId }, endpoint, conventions };
}

/** Whether a robot's id is the name of its user, as in a pool of ours. */
export function namesByUser({ robotIdClaim, robotIdGroupPrefix }: PoolConventions): boolean {
  return robotIdClaim === undefined && robotIdGroupPrefix === undefined;
}

export type RobotUser = {
  readonly userName: string;
  /**
   * Which robot its tokens speak for. Undefined where that cannot be told from the pool: no group of a robot
   * or several, no such attribute, or a claim that only a trigger writes.
   */
  readonly robotId: RobotId | undefined;
  readonly signIn: string;
};

/** Users at a time: Cognito counts such calls by the second, over all of the account. */
const groupsAtOnce = 5;

/** Every user whose tokens are a robot's, by the conventions of the pool. Reads only. @throws {OperationFailed} */
export async function robotUsers(from: Pool): Promise<readonly RobotUser[]> {
  const found = new Map<string, { readonly user: UserType; readonly groups: string[] }>();
  const names = await robotGroups(from);
  for (let at = 0; at < names.length; at += groupsAtOnce) {
    const members = names.slice(at, at + groupsAtOnce).map(async (group) => {
      for (const user of await usersIn(from, group)) {
        const { Username = '' } = user;
        const known = found.get(Username);
        if (known === undefined) found.set(Username, { user, groups: [group] });
        else known.groups.push(group);
      }
    });
    await Promise.all(members);
  }
  return [...found.values()].map(({ user, groups }) => ({
    userName: user.Username ?? '',
    robotId: robotIdOf(from.conventions, { user, groups }),
    signIn: signInOf(user),
  }));
}

/** The group of all robots, and those of single ones where the pool has such. */
async function robotGroups({ client, pool, endpoint, conventions }: Pool): Promise<string[]> {
  const { robotIdGroupPrefix: prefix, groups } = conventions;
  if (prefix === undefined) return [groups.robots];
  const names: string[] = [];
  await asking({ action: 'cognito-idp:ListGroups', endpoint }, async () => {
    for await (const page of paginateListGroups({ client }, pool)) {
      names.push(...(page.Groups ?? []).flatMap(({ GroupName }) => GroupName ?? []));
    }
  });
  // The one of all need not be there: who is in the group of a robot is one.
  return names.filter(
    (name) => name === groups.robots || (name.startsWith(prefix) && name.length > prefix.length),
  );
}

async function usersIn({ client, pool, endpoint }: Pool, GroupName: string): Promise<readonly UserType[]> {
  const users: UserType[] = [];
  await asking({ action: 'cognito-idp:ListUsersInGroup', endpoint }, async () => {
    for await (const page of paginateListUsersInGroup({ client }, { ...pool, GroupName })) {
      users.push(...(page.Users ?? []));
    }
  });
  return users;
}

function robotIdOf(
  conventions: PoolConventions,
  { user, groups }: { readonly user: UserType; readonly groups: readonly string[] },
): RobotId | undefined {
  if (namesByUser(conventions)) return robotId.safeParse(user.Username).data;
  const attributes = (user.Attributes ?? []).map(({ Name = '', Value }) => [Name, Value] as const);
  // What Cognito writes into tokens of its own accord: `username` into access tokens, the other into ID tokens.
  const claims = {
    ...Object.fromEntries(attributes),
    username: user.Username,
    'cognito:username': user.Username,
  };
  const naming = robotNamed({ claims, groups }, conventions);
  return naming !== undefined && 'robotId' in naming ? naming.robotId : undefined;
}

function signInOf({ Enabled, UserStatus }: UserType): string {
  if (Enabled === false) return 'disabled';
  return UserStatus === 'FORCE_CHANGE_PASSWORD' ? 'to be enrolled' : 'enrolled';
}
