import type { RobotId } from '../../../protocol/ids.ts';
import { fleetsOf, roleOf } from './identity.ts';
import type { RobotSession } from './robot-session.ts';

/** Everything there is, for admins. */
const everything = 'all';
const fleetTopic = (fleet: string) => `fleet#${fleet}`;
const robotTopic = (robotId: RobotId) => `robot#${robotId}`;

/** What somebody watches who watches all that they may see. */
export function topicsOf(groups: readonly string[]): readonly string[] {
  return roleOf(groups) === 'admin' ? [everything] : fleetsOf(groups).map(fleetTopic);
}

export function topicsOfRobots(robotIds: readonly RobotId[]): readonly string[] {
  return [...new Set(robotIds)].map(robotTopic);
}

/** The robots named by topics of `topicsOfRobots`; undefined for topics of a whole view. */
export function robotsOfTopics(topics: readonly string[]): readonly RobotId[] | undefined {
  const prefix = robotTopic('' as RobotId);
  const named = topics.filter((topic) => topic.startsWith(prefix));
  return named.length === 0 ? undefined : named.map((topic) => topic.slice(prefix.length) as RobotId);
}

/** Under which topics a change of the robot is told. */
export function topicsOn({ robotId, fleets }: Pick<RobotSession, 'robotId' | 'fleets'>): readonly string[] {
  return [everything, robotTopic(robotId), ...fleets.map(fleetTopic)];
}
