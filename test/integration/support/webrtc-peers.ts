import { setTimeout as sleep } from 'node:timers/promises';
import { findRobot } from '../../../local/demo/operator/find-robot.ts';
import { type OperatorSession, startOperatorSession } from '../../../local/demo/operator/operator-session.ts';
import type { PoseMessage, ToOperator } from '../../../local/demo/peer/drive-channel.ts';
import { runRobot } from '../../../local/demo/robot/run-robot.ts';
import { openSocket } from '../../../local/demo/wire/open-socket.ts';
import { type Signaling, startSignaling } from '../../../local/demo/wire/signaling-socket.ts';
import { createTokenSource } from '../../../local/demo/wire/token-source.ts';
import { keepUp } from '../../../local/demo/wire/upkeep.ts';
import { seededPassword } from '../../../local/stack/users.ts';
import { robotId as robotIdSchema } from '../../../protocol/ids.ts';
import type { SessionOpened } from '../../../protocol/messages/session.ts';
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
export async function enterOperator(target: Target, userName: string): Promise<Signaling> {
  const identity = { url: target.identity, clientId: target.clientIds.people };
  const tokens = createTokenSource(identity, { userName, password: seededPassword });
  const socket = await openSocket(target.gateway, await tokens.current());
  const signaling = await startSignaling(socket, 'webrtc-test');
  keepUp(signaling, { tokens, say: () => undefined });
  return signaling;
}

/** An operator's session with a robot, up to the open data channel. */
export async function openDrive(target: Target, names: { operator: string; robot: string }) {
  const signaling = await enterOperator(target, names.operator);
  const robotId = robotIdSchema.parse(names.robot);
  await findRobot(signaling, { robotId, patienceMs, onWaiting: () => undefined });
  const opened: SessionOpened = await signaling.ask(
    { action: 'openSession', robotId, mode: 'control' },
    'sessionOpened',
  );
  const session = startOperatorSession(signaling, opened);
  signaling.listen((message) => session.take(message));
  const first = await Promise.race([
    session.channelOpen.then(() => 'open' as const),
    session.ended,
    sleep(patienceMs, 'not in time' as const, { ref: false }),
  ]);
  if (first !== 'open') throw new Error(`The session ended before its channel was open: ${first}`);
  return { signaling, session, opened, robotId };
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
