import { setTimeout as sleep } from 'node:timers/promises';
import { createOperatorEndpoint, type Message, type SignalingClient } from '../../../client/src/node.ts';
import { findRobot } from '../../../local/demo/operator/find-robot.ts';
import { type OperatorSession, startOperatorSession } from '../../../local/demo/operator/operator-session.ts';
import type { PoseMessage, ToOperator } from '../../../local/demo/peer/drive-channel.ts';
import { runRobot } from '../../../local/demo/robot/run-robot.ts';
import { seededPassword } from '../../../local/stack/users.ts';
import { sdkClient, untilStatus } from './sdk.ts';
import type { Target } from './target.ts';

/** Generous: a busy machine is no failure. */
const patienceMs = 15_000;

/** The demo robot in this process; `lines` is what it says. */
export function startRobot(target: Target, userName: string) {
  const stop = new AbortController();
  const lines: string[] = [];
  const done = runRobot({
    target,
    userName,
    password: seededPassword,
    say: (line) => void lines.push(line),
    stop: stop.signal,
  });
  return {
    lines,
    done,
    async stop(): Promise<boolean> {
      stop.abort();
      return done;
    },
  };
}

/** Signs in, says `hello` and keeps the connection up. */
export async function enterOperator(target: Target, userName: string): Promise<SignalingClient> {
  const client = sdkClient(target, userName);
  client.start();
  await untilStatus(client, 'ready');
  return client;
}

/** An operator's session with a robot, up to the open data channel. `opened`: what the server answered. */
export async function openDrive(target: Target, names: { operator: string; robot: string }) {
  const client = await enterOperator(target, names.operator);
  const endpoint = createOperatorEndpoint(client);
  const robotId = names.robot;
  await findRobot(endpoint, { robotId, patienceMs, onWaiting: () => undefined });
  const answers: Message<'sessionOpened'>[] = [];
  client.on('message', (message) => {
    if (message.type === 'sessionOpened') answers.push(message);
  });
  const own = await endpoint.open(robotId, 'control');
  const steps: string[] = [];
  const session = startOperatorSession(own, (step, detail) => steps.push([step, detail ?? ''].join(' ')));
  const first = await Promise.race([
    session.channelOpen.then(() => 'open' as const),
    session.ended,
    sleep(patienceMs, 'not in time' as const, { ref: false }),
  ]);
  if (first !== 'open') {
    throw new Error(`The session ended before its channel was open: ${first}; so far ${steps.join(', ')}`);
  }
  const opened = answers.find(({ sessionId }) => sessionId === own.sessionId);
  if (opened === undefined) throw new Error('The answer to openSession was not heard.');
  return { client, session, own, opened, robotId };
}

/** The first message over the channel from now on that fits. */
export function nextMessage<Message extends ToOperator>(
  session: OperatorSession,
  fits: (message: ToOperator) => message is Message,
): Promise<Message> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error('No such message came')), patienceMs);
    session.hear((message) => {
      if (!fits(message)) return;
      clearTimeout(patience);
      resolve(message);
    });
  });
}

/** The next pose of which that is true. */
export function nextPose(session: OperatorSession, is: (pose: PoseMessage) => boolean = () => true) {
  return nextMessage(session, (message): message is PoseMessage => message.type === 'pose' && is(message));
}
