import { setTimeout as sleep } from 'node:timers/promises';
import { CommanderError } from 'commander';
import type { Session, SessionMode, Welcome } from '../../../client/src/node.ts';
import { loadTarget, localTarget, parseTarget, type Target, TargetUnreadable } from '../target.ts';
import { adviceOn } from './advice.ts';
import { comeIn, enter, type Inside } from './come-in.ts';
import { type Demo, DemoStopped, orQuit } from './demo.ts';
import { findRobot, RobotNotOnline } from './find-robot.ts';
import { type OperatorFlags, parseOperatorFlags } from './flags.ts';
import { createJsonDisplay } from './json-display.ts';
import { canReadKeys } from './keys.ts';
import { startLive } from './live.ts';
import { type OperatorSession, type SessionEnd, startOperatorSession } from './operator-session.ts';
import { createTerminalDisplay } from './terminal-display.ts';

/** How long a robot may take to come online: at the start, and after it was lost. */
const patienceMs = { first: 5_000, afterLoss: 120_000 };
const negotiateWithinMs = 20_000;

/** `npm run demo`. Gives the exit code. */
export async function runOperator(argv: readonly string[]): Promise<number> {
  let flags: OperatorFlags;
  try {
    flags = parseOperatorFlags(argv);
  } catch (failure) {
    if (failure instanceof CommanderError) return failure.exitCode;
    throw failure;
  }
  const display = flags.json ? createJsonDisplay() : createTerminalDisplay();
  const quit = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => quit.abort());
  // Whoever read the output has gone: nobody is left to drive for.
  process.stdout.on('error', () => quit.abort());
  try {
    await play({ flags, display, quit, startClock: clockFor(flags, quit) });
    return 0;
  } catch (failure) {
    if (quit.signal.aborted) return 0;
    const isSelfExplaining =
      failure instanceof DemoStopped ||
      failure instanceof RobotNotOnline ||
      failure instanceof TargetUnreadable;
    const advice = isSelfExplaining ? failure.message : adviceOn(failure, flags);
    if (advice === undefined) throw failure;
    display.failure(advice);
    return 1;
  } finally {
    display.close();
  }
}

async function play(demo: Demo): Promise<void> {
  const { flags, display } = demo;
  const target = await targetOf(flags);
  display.title(`Heliograph demo · ${flags.user} → ${flags.robot}`);
  const entering = enter(demo, target);
  try {
    const inside = await comeIn(demo, entering);
    let isFirst = true;
    while (!demo.quit.signal.aborted) {
      const end = await playSession(demo, inside, isFirst ? patienceMs.first : patienceMs.afterLoss);
      if (end === 'quit') return;
      if (!isWorthRepeating(end)) {
        throw new DemoStopped(`The session with ${flags.robot} has ended: ${end}.`);
      }
      display.note(`the session has ended (${end}); opening another as soon as ${flags.robot} is there`);
      isFirst = false;
    }
  } finally {
    await entering.leave();
  }
}

async function targetOf({ target, port }: OperatorFlags): Promise<Target> {
  if (target !== undefined) return loadTarget(target);
  const given = process.env.HELIOGRAPH_TARGET;
  return given === undefined ? localTarget(port) : parseTarget(given, 'HELIOGRAPH_TARGET');
}

/** One session, from the search for the robot to its end. */
async function playSession(
  demo: Demo,
  { endpoint, welcome, ended }: Inside,
  robotPatienceMs: number,
): Promise<SessionEnd | 'quit'> {
  const { flags, display, quit } = demo;
  const orLost = <T>(work: Promise<T>): Promise<T> => orQuit(quit, Promise.race([work, ended]));
  const robotId = flags.robot;

  const { online } = await orLost(
    findRobot(endpoint, { robotId, patienceMs: robotPatienceMs, onWaiting: display.waiting }),
  );
  display.step('robots', `${online.join(', ')} online`);
  display.waiting(`opening a session with ${robotId}`);
  const mode = mayControl(welcome) ? 'control' : 'view';
  const opened = await orLost(endpoint.open(robotId, mode));
  display.step('session opened', grantInWords(mode, opened));

  const session = startOperatorSession(opened, (step, detail) => {
    display.step(step, detail);
    display.waiting(`negotiating with ${robotId}`);
  });
  try {
    const negotiated = await orLost(
      Promise.race([
        session.channelOpen.then(() => 'open' as const),
        session.ended,
        sleep(negotiateWithinMs, 'late' as const, { ref: false }),
      ]),
    );
    if (negotiated === 'late' || negotiated === 'failed') throw new DemoStopped(noPathTo(flags.robot));
    if (negotiated !== 'open') return negotiated;
    display.step('data channel open');
    opened.on('mode', (now) => display.note(now === 'control' ? 'in control now' : 'viewing only now'));
    return await driveUntilEnd(demo, { session, opened, orLost });
  } catch (failure) {
    if (quit.signal.aborted) return 'quit';
    throw failure;
  } finally {
    session.close();
  }
}

async function driveUntilEnd(
  { flags, display, quit, startClock }: Demo,
  of: {
    session: OperatorSession;
    opened: Session;
    orLost: <T>(work: Promise<T>) => Promise<T>;
  },
): Promise<SessionEnd> {
  startClock();
  display.note(hintFor(of.opened.mode(), flags));
  const live = startLive(of.session, { mode: of.opened.mode, display, onQuit: () => quit.abort() });
  try {
    return await of.orLost(of.session.ended);
  } finally {
    live.stop();
    display.summary(live.summary());
  }
}

function mayControl({ groups }: Welcome): boolean {
  return groups.includes('operators') || groups.includes('admins');
}

function grantInWords(asked: SessionMode, session: Session): string {
  return session.mode() === asked ? asked : 'view only: another session holds control';
}

function clockFor({ seconds }: OperatorFlags, quit: AbortController): () => void {
  let isStarted = false;
  return () => {
    if (seconds !== undefined && !isStarted) setTimeout(() => quit.abort(), seconds * 1000).unref();
    isStarted = true;
  };
}

function hintFor(mode: 'control' | 'view', { seconds }: OperatorFlags): string {
  const end = seconds === undefined ? 'Ctrl-C ends' : `ends after ${seconds} s`;
  if (!canReadKeys()) return end;
  return mode === 'control' ? `arrow keys drive, space stops; q or ${end}` : `q or ${end}`;
}

/** The robot went or moved on; it may be back any moment. Every other end has a reason that repeating does not mend. */
function isWorthRepeating(end: SessionEnd): boolean {
  return (
    end === 'closed' || end === 'robot_offline' || end === 'failed' || end === 'gone' || end === 'no_answer'
  );
}

function noPathTo(robot: string): string {
  return `No connection to ${robot} came about within ${negotiateWithinMs / 1000} s. The robot must be running and reachable by UDP from here; without a TURN server both must be on one network.`;
}
