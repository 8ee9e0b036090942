import type { Readable } from 'node:stream';
import { createRobotEndpoint, type RobotEndpoint } from '../../endpoints/robot-endpoint.ts';
import { createSignalingClient } from '../../signaling/signaling-client.ts';
import { wsTransport } from '../ws-transport.ts';
import type { Output } from './commands.ts';
import type { DriverCommand } from './driver.ts';
import { exitCodes } from './exit-codes.ts';
import { serveByDrivers, serveByLines } from './serving.ts';
import type { Told } from './session-lines.ts';
import { type Environment, type RobotIdentity, tokensOf } from './settings.ts';

/** What to start for each session, and how much of it. */
export type Drivers = {
  readonly command: DriverCommand;
  /** More at once are refused as busy. */
  readonly mostSessions: number;
  /** A driver that has been asked to end is killed after this. */
  readonly stopWithinMs: number;
  /** What drivers inherit, without what is `heliograph-robot`'s own. */
  readonly env: Environment;
};

/**
 * Keeps the robot online, and speaks JSON lines: with one program on its own standard input and output, or with one
 * that it starts for each session. `examples/driver/README.md` lists the lines.
 */
export async function run(
  robot: RobotIdentity,
  of: {
    readonly url: string;
    readonly password: string | undefined;
    readonly input: Readable;
    readonly drivers: Drivers | undefined;
    readonly stop: AbortSignal;
    readonly output: Output;
  },
): Promise<number> {
  const { output, drivers } = of;
  const tell = (told: Told): void => output.say(JSON.stringify(told));
  const client = createSignalingClient({
    url: of.url,
    tokens: tokensOf(robot, { password: of.password, logger: output }),
    transport: wsTransport(),
    kind: 'robot',
    agent: 'heliograph-robot',
    logger: output,
  });
  const common = { client, tell, output, endpoint: (): RobotEndpoint => endpoint };
  const serving =
    drivers === undefined
      ? serveByLines({ ...common, input: of.input })
      : serveByDrivers({ ...common, ...drivers });
  const endpoint = createRobotEndpoint(client, { logger: output, onSession: serving.onSession });

  const ended = new Promise<number>((resolve) => {
    client.on('state', (state) => {
      const reason = state.status === 'closed' ? { reason: state.reason } : {};
      tell({ event: 'state', status: state.status, ...reason });
      if (state.status !== 'closed') return;
      if (state.cause !== undefined) output.warn(state.cause.message);
      if (state.reason === 'sign_in_required') output.warn('To sign in: heliograph-robot login');
      resolve(state.reason === 'closed_by_application' ? exitCodes.done : exitCodes.failed);
    });
  });
  of.stop.addEventListener('abort', () => client.close(), { once: true });
  client.start();
  const code = await ended;
  await serving.finish();
  return code;
}
