import { type PrincipalId, principalId, robotId } from '../../../../protocol/ids.ts';

/** A user of the pool: what a token says of one. */
export type User = {
  readonly principalId: PrincipalId;
  readonly userName: string;
  readonly groups: readonly string[];
};

export function user(userName: string, ...groups: readonly string[]): User {
  return { principalId: principalId.parse(`sub-of-${userName}`), userName, groups };
}

/** As the local stack seeds them. */
export const rover1 = user('rover-1', 'robots', 'fleet:demo');
export const rover2 = user('rover-2', 'robots', 'fleet:demo');
export const operator1 = user('operator-1', 'operators', 'fleet:demo');
export const operator2 = user('operator-2', 'operators', 'fleet:demo');
export const operator9 = user('operator-9', 'operators', 'fleet:other');
export const viewer1 = user('viewer-1', 'viewers', 'fleet:demo');
export const admin1 = user('admin-1', 'admins');

/** Whom the user pool knows. */
export const everybody = [rover1, rover2, operator1, operator2, operator9, viewer1, admin1] as const;

export const roverId = robotId.parse(rover1.userName);
