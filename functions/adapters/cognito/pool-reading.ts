import { robotId } from '../../../protocol/ids.ts';
import type { RobotNaming } from '../../core/model/identity.ts';
import { fleetPrefix, robotGroup, roleGroups } from '../../core/model/identity.ts';
import type { PoolConventions } from '../../pool-conventions.ts';

/** Groups by the names that they have here. */
const own: ReadonlySet<string> = new Set([robotGroup, ...Object.values(roleGroups)]);

/**
 * The groups of a token by their meaning here. A group that only happens to be called as one of ours
 * (`admins` of another application) means nothing here and is left out; others are kept as they are.
 */
export function groupsByMeaning(groups: readonly string[], pool: PoolConventions): readonly string[] {
  const meaning = new Map([
    [pool.groups.robots, robotGroup],
    [pool.groups.operators, roleGroups.operator],
    [pool.groups.viewers, roleGroups.viewer],
    [pool.groups.admins, roleGroups.admin],
  ]);
  const read = groups.flatMap((group) => {
    const known = meaning.get(group);
    if (known !== undefined) return [known];
    if (isRobotName(group, pool)) return [];
    if (group.startsWith(pool.fleetPrefix)) return [`${fleetPrefix}${group.slice(pool.fleetPrefix.length)}`];
    return own.has(group) || group.startsWith(fleetPrefix) ? [] : [group];
  });
  // Who is in the group of a robot is one, in the group of all robots or not.
  const named = groups.some((group) => isRobotName(group, pool));
  return named && !read.includes(robotGroup) ? [robotGroup, ...read] : read;
}

/** Which robot the token speaks for, if it is one's; undefined where that is the user name. */
export function robotNamed(
  of: { readonly claims: Readonly<Record<string, unknown>>; readonly groups: readonly string[] },
  pool: PoolConventions,
): RobotNaming | undefined {
  if (pool.robotIdGroupPrefix !== undefined) {
    const { length } = pool.robotIdGroupPrefix;
    const names = new Set(
      of.groups.filter((group) => isRobotName(group, pool)).map((name) => name.slice(length)),
    );
    const [name, ...more] = names;
    return more.length > 0 ? { problem: 'several_robot_ids' } : naming(name);
  }
  if (pool.robotIdClaim === undefined) return undefined;
  return naming(
    Object.hasOwn(of.claims, pool.robotIdClaim) ? Reflect.get(of.claims, pool.robotIdClaim) : undefined,
  );
}

function naming(value: unknown): RobotNaming {
  const parsed = robotId.safeParse(value);
  return parsed.success ? { robotId: parsed.data } : { problem: 'no_robot_id' };
}

function isRobotName(group: string, { robotIdGroupPrefix: prefix }: PoolConventions): boolean {
  return prefix !== undefined && group.startsWith(prefix) && group.length > prefix.length;
}
