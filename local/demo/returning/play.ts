import { createOperatorEndpoint, type OperatorSession } from '../../../client/src/node.ts';
import { startLocalStack } from '../../stack/local-stack.ts';
import { cuttable } from './cuttable.ts';
import { startDialogue } from './dialogue.ts';
import { startRobotProcess } from './robot-process.ts';
import { clientOf, ready } from './sign-in.ts';

type Say = (line: string) => void;

/**
 * Who comes back, and who is in control, on a stack of its own: an operator's socket is killed, a second
 * operator is handed control, the robot is killed and started anew. Gives the exit code.
 */
export async function playReturning(say: Say): Promise<number> {
  const stops: (() => unknown)[] = [];
  const startedAt = performance.now();
  const tell = (who: string, what: string) =>
    say(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${who.padEnd(11)} ${what}`);
  try {
    await play(tell, stops);
    return 0;
  } catch (failure) {
    tell('stopped', failure instanceof Error ? failure.message : String(failure));
    return 1;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function play(tell: (who: string, what: string) => void, stops: (() => unknown)[]): Promise<void> {
  const stack = await startLocalStack({ port: 0, regions: 1 }, { lifeLog: { note: () => undefined } });
  stops.push(() => stack.close());
  const target = stack.addresses;

  const line = cuttable();
  const first = clientOf(target, 'operator-1', line.transport);
  const second = clientOf(target, 'operator-2');
  stops.push(
    () => first.close(),
    () => second.close(),
  );
  const one = createOperatorEndpoint(first);
  const two = createOperatorEndpoint(second);
  await ready(first);
  await ready(second);

  const robotIs = watchRobot(tell);
  await one.watch(robotIs.hear);
  let robot = startRobotProcess(target);
  stops.push(() => robot.kill());
  await robotIs.become('online');

  const session = await one.open('rover-1', 'control');
  tell('operator-1', `has a session with rover-1, mode ${session.mode()}`);
  const talk = startDialogue(session);
  await talk.say(20);
  session.on('resumed', () => tell('operator-1', 'is back: the same session, in control as before'));
  await talk.say(40, () => {
    tell('operator-1', 'loses its socket in the middle of a sentence');
    line.cut();
  });
  tell('operator-1', await talk.verdict());

  const other = await two.open('rover-1', 'control');
  tell('operator-2', `asks for control, and gets a session, mode ${other.mode()}: operator-1 has it`);
  tellModes(tell, { 'operator-1': session, 'operator-2': other });
  const handedOver = modeOf(other, 'control');
  session.on('controlRequested', () => {
    tell('operator-1', 'is asked for control, and hands it over');
    void session.grantControl(other.sessionId);
  });
  await other.requestControl().catch(() => undefined);
  await handedOver;

  const ended = closed(other);
  const lost = robotIs.become('away');
  await robot.kill();
  tell('rover-1', 'is killed, without a goodbye');
  await lost;
  const back = robotIs.become('online');
  robot = startRobotProcess(target);
  tell('rover-1', 'is started again, and remembers nothing');
  await back;
  tell('operator-2', `is told that its session has ended: ${await ended}`);
  const next = await two.open('rover-1', 'control');
  const again = startDialogue(next);
  await again.say(10);
  tell('operator-2', `opens the next, mode ${next.mode()}; ${await again.verdict()}`);
}

/** What the watching operator hears of the robot, and a way to wait for it. */
function watchRobot(tell: (who: string, what: string) => void) {
  const waiting = new Map<string, () => void>();
  let last: string | undefined;
  return {
    hear({ robotId, state }: { robotId: string; state: string }) {
      // Who controls it is told as well, and by the operators themselves here.
      if (state === last) return;
      last = state;
      tell(robotId, `is ${state}, as those who watch it are told`);
      waiting.get(state)?.();
    },
    become: (state: string) => new Promise<void>((resolve) => waiting.set(state, resolve)),
  };
}

function tellModes(
  tell: (who: string, what: string) => void,
  sessions: Readonly<Record<string, OperatorSession>>,
): void {
  for (const [who, session] of Object.entries(sessions)) {
    session.on('mode', (mode) => tell(who, mode === 'control' ? 'is in control now' : 'only views now'));
  }
}

function modeOf(session: OperatorSession, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    session.on('mode', (mode) => {
      if (mode === wanted) resolve();
    });
  });
}

function closed(session: OperatorSession): Promise<string> {
  return new Promise((resolve) => {
    session.on('closed', resolve);
  });
}
