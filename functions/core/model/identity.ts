import type { PrincipalId, RobotId } from '../../../protocol/ids.ts';

/** Who is at the other end of a socket. Fixed for its life (I5), but for the groups. */
export type Identity = {
  readonly principalId: PrincipalId;
  /** As in the token; re-read at each refresh. */
  readonly groups: readonly string[];
} & ({ readonly kind: 'robot'; readonly robotId: RobotId } | { readonly kind: 'client' });

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
  readonly groups: readonly string[];
  readonly life: TokenLife;
};

export const robotGroup = 'robots';
const fleetPrefix = 'fleet:';

/** What a person may do, strongest first. */
export const roles = ['admin', 'operator', 'viewer'] as const;
export type Role = (typeof roles)[number];

const roleGroups: Record<Role, string> = { admin: 'admins', operator: 'operators', viewer: 'viewers' };

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

/**
 * Tells robot from person by the groups. A user in no Heliograph group, or in the robots' and a
 * people's group at once, is refused: which of the two was meant is not for us to guess.
 */
export function identify(token: VerifiedToken): Identity | 'no_group' | 'ambiguous_groups' {
  const isRobot = token.groups.includes(robotGroup);
  const isPerson = roleOf(token.groups) !== undefined;
  if (isRobot && isPerson) return 'ambiguous_groups';
  const common = { principalId: token.principalId, groups: token.groups };
  if (isRobot) return { ...common, kind: 'robot', robotId: token.userName as RobotId };
  return isPerson ? { ...common, kind: 'client' } : 'no_group';
}
