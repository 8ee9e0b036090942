import type { GroupRecord, UserRecord } from '../user-directory.ts';
import type { UserPool } from '../user-pool.ts';

// Dates are Unix seconds with a fraction: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
export const seconds = (atMs: number): number => atMs / 1000;

export function attributesOf(user: UserRecord): { Name: string; Value: string }[] {
  return [['sub', user.sub] as const, ...user.attributes].map(([Name, Value]) => ({ Name, Value }));
}

export function userStateOf(user: UserRecord): object {
  return {
    Username: user.userName,
    Enabled: user.enabled,
    UserStatus: user.status,
    UserCreateDate: seconds(user.createdAt),
    UserLastModifiedDate: seconds(user.modifiedAt),
  };
}

export function groupShape(pool: UserPool, group: GroupRecord): object {
  return {
    GroupName: group.name,
    UserPoolId: pool.id,
    ...(group.description === undefined ? {} : { Description: group.description }),
    ...(group.precedence === undefined ? {} : { Precedence: group.precedence }),
    CreationDate: seconds(group.createdAt),
    LastModifiedDate: seconds(group.createdAt),
  };
}
