import { createRobotEndpoint } from '../../../client/src/node.ts';
import { parseTarget } from '../target.ts';
import { clientOf } from './sign-in.ts';

/** `rover-1` in a process of its own, which can be killed: it accepts every session and sends back what it hears. */
export function runEchoRobot(environment: NodeJS.ProcessEnv): void {
  const target = parseTarget(environment.HELIOGRAPH_TARGET ?? '', 'HELIOGRAPH_TARGET');
  const client = clientOf(target, 'rover-1');
  createRobotEndpoint(client, {
    onSession(session) {
      session.on('signal', ({ data }) => session.send('custom', { heard: data }));
      return 'accept';
    },
  });
  client.start();
}
