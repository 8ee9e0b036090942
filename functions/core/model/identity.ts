import type { PrincipalId, RobotId } from '../../../protocol/ids.ts';

/** Who is at the other end of a socket. Fixed for its life (I5), but for the groups. */
export type Identity = {
  readonly principalId: PrincipalId;
  /** As in the token; re-read at each refresh. */
  readonly groups: readonly string[];
} & (
  | { readonly kind: 'robot'; readonly robotId: RobotId }
  /** `userName`: to be shown to people; absent on rows of before it was kept. Decides nothing. */
  | { readonly kind: 'client'; readonly userName?: string }
);

/** What a token says of its own life. */
export type TokenLife = {
  /** Unix ms of `iat`. */
  readonly issuedAt: number;
  /** Unix ms of `exp`. At this very moment the token is expired. */
  readonly expiresAt: number;
  /** Unix ms of `auth_time`: when the user signed in, the same for every token refreshed from it. */
  readonly signedInAt: number;
  /** The sign-in that the token stems from; stable across refreshes. */
  readonly originJti?: string;
};

/** A token that was verified: signature, issuer, client, use. Not yet whether it may enter. */
export type VerifiedToken = {
  readonly principalId: PrincipalId;
  readonly userName: string;
  /** By the names that they have here, whatever the pool calls them. */
  readonly groups: readonly string[];
  /** Absent where the pool names a robot by its user. */
  readonly robot?: RobotNaming;
  readonly life: TokenLife;
};

/** Which robot a token speaks for, where the pool says so by a claim or a group; or what is wrong with that. */
export type RobotNaming = { readonly robotId: RobotId } | { readonly problem: RobotNamingProblem };
export type RobotNamingProblem = 'no_robot_id' | 'several_robot_ids';

export const robotGroup = 'robots';
export const fleetPrefix = 'fleet:';

/** What a person may do, strongest first. */
export const roles = ['admin', 'operator', 'viewer'] as const;
export type Role = (typeof roles)[number];

export const roleGroups: Record<Role, string> = { admin: 'admins', operator: 'operators', viewer: 'viewers' };

/** The strongest role that the groups give, if any. */
export function roleOf(groups: readonly string[]): Role | undefined {
  return roles.find((role) => groups.includes(roleGroups[role]));
}

/** Names of the fleets that the groups tie to, sorted, each once. */
export function fleetsOf(groups: readonly string[]): readonly string[] {
  const fleets = groups
    .filter((group) => group.startsWith(fleetPrefix) && group.length > fleetPrefix.length)
    .map((group) => group.slice(fleetPrefix.length));
  return [...new Set(fleets)].sort();
}

/** Why a genuine token makes nobody, and what its message says. */
export const identityProblems = {
  no_group: 'The user is in no Heliograph group.',
  ambiguous_groups: 'The user is in a robot group and in a group for people; it must be one of them.',
  no_robot_id:
    'The token names no robot: the claim or the group that the configuration says (identity.robotIdClaim, identity.robotIdGroupPrefix) is missing. Give the robot its id in the user pool, then let it sign in again.',
  several_robot_ids:
    'The token names several robots: a user may be in one group that names a robot. Take the others away in the user pool.',
} as const satisfies Record<RobotNamingProblem | 'no_group' | 'ambiguous_groups', string>;

export type IdentityProblem = keyof typeof identityProblems;

/**
 * Tells robot from person by the groups. A user in no Heliograph group, or in the robots' and a
 * people's group at once, is refused: which of the two was meant is not for us to guess.
 */
export function identify(token: VerifiedToken): Identity | IdentityProblem {
  const isRobot = token.groups.includes(robotGroup);
  const isPerson = roleOf(token.groups) !== undefined;
  if (isRobot && isPerson) return 'ambiguous_groups';
  const common = { principalId: token.principalId, groups: token.groups };
  if (isRobot) {
    if (token.robot !== undefined && 'problem' in token.robot) return token.robot.problem;
    return { ...common, kind: 'robot', robotId: token.robot?.robotId ?? (token.userName as RobotId) };
  }
  return isPerson ? { ...common, kind: 'client', userName: token.userName } : 'no_group';
}
