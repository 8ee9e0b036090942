import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorEndpoint, RobotEntry } from '../../../client/src/node.ts';

/** The robot is not there to be driven; the message lists who is. */
export class RobotNotOnline extends Error {
  override readonly name = 'RobotNotOnline';
}

const lookEveryMs = 1_000;

/**
 * Waits until the robot is listed as online.
 *
 * @throws {RobotNotOnline} after `patienceMs`, and whatever `list` throws.
 */
export async function findRobot(
  endpoint: Pick<OperatorEndpoint, 'list'>,
  of: { robotId: string; patienceMs: number; onWaiting: (what: string) => void },
): Promise<{ robot: RobotEntry; online: readonly string[] }> {
  const giveUpAt = performance.now() + of.patienceMs;
  for (;;) {
    const robots = await endpoint.list();
    const robot = robots.find(({ robotId }) => robotId === of.robotId);
    const online = robots.filter(({ state }) => state === 'online').map(({ robotId }) => robotId);
    if (robot?.state === 'online') return { robot, online };
    if (performance.now() >= giveUpAt) throw notOnline(of.robotId, robot, online);
    of.onWaiting(`waiting for ${of.robotId} to come online (it is ${robot?.state ?? 'not listed'})`);
    await sleep(lookEveryMs);
  }
}

function notOnline(
  robotId: string,
  robot: RobotEntry | undefined,
  online: readonly string[],
): RobotNotOnline {
  const what =
    robot === undefined
      ? `${robotId} is not among the robots that this user may see`
      : `${robotId} is ${robot.state}`;
  const instead =
    online.length === 0
      ? 'None that it may see is online; `npm start` runs the demo robots, of fleet:demo, unless --no-demo was given.'
      : `Online now: ${online.join(', ')}. Choose with --robot.`;
  return new RobotNotOnline(`${what}. ${instead}`);
}
