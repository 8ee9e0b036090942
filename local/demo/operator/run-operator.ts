import { setTimeout as sleep } from 'node:timers/promises';
import { CommanderError } from 'commander';
import { robotId as robotIdSchema } from '../../../protocol/ids.ts';
import type { SessionMode, SessionOpened } from '../../../protocol/messages/session.ts';
import type { ServerMessage } from '../../../protocol/messages.ts';
import { seededPassword } from '../../stack/users.ts';
import { openSocket } from '../wire/open-socket.ts';
import { ConnectionLost, type Signaling, startSignaling } from '../wire/signaling-socket.ts';
import { loadTarget, localTarget, parseTarget, type Target, TargetUnreadable } from '../wire/target.ts';
import { createTokenSource } from '../wire/token-source.ts';
import { keepUp } from '../wire/upkeep.ts';
import { adviceOn } from './advice.ts';
import type { Display } from './display.ts';
import { findRobot, RobotNotOnline } from './find-robot.ts';
import { type OperatorFlags, parseOperatorFlags } from './flags.ts';
import { createJsonDisplay } from './json-display.ts';
import { canReadKeys } from './keys.ts';
import { startLive } from './live.ts';
import { type SessionEnd, startOperatorSession } from './operator-session.ts';
import { createTerminalDisplay } from './terminal-display.ts';

/** How long a robot may take to come online: at the start, and after it was lost. */
const patienceMs = { first: 5_000, afterLoss: 120_000 };
const negotiateWithinMs = 20_000;

/** A failure that already says what to do. */
class DemoStopped extends Error {
  override readonly name = 'DemoStopped';
}

type Demo = {
  readonly flags: OperatorFlags;
  readonly display: Display;
  /** Aborted by Ctrl-C, `q` or the end of `--seconds`. */
  readonly quit: AbortController;
  /** Starts the time of `--seconds`, once. */
  startClock(): void;
};

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
  const signaling = await signInAndConnect(demo, target);
  try {
    let isFirst = true;
    while (!demo.quit.signal.aborted) {
      const end = await playSession(demo, signaling, isFirst ? patienceMs.first : patienceMs.afterLoss);
      if (end === 'quit') return;
      if (!isWorthRepeating(end)) {
        throw new DemoStopped(`The session with ${flags.robot} has ended: ${end}.`);
      }
      display.note(`the session has ended (${end}); opening another as soon as ${flags.robot} is there`);
      isFirst = false;
    }
  } finally {
    await signaling.bye();
  }
}

async function targetOf({ target, port }: OperatorFlags): Promise<Target> {
  if (target !== undefined) return loadTarget(target);
  const given = process.env.HELIOGRAPH_TARGET;
  return given === undefined ? localTarget(port) : parseTarget(given, 'HELIOGRAPH_TARGET');
}

async function signInAndConnect({ flags, display, quit }: Demo, target: Target): Promise<Signaling> {
  const credentials = { userName: flags.user, password: process.env.HELIOGRAPH_PASSWORD ?? seededPassword };
  const tokens = createTokenSource({ url: target.identity, clientId: target.clientIds.people }, credentials);
  display.waiting(`signing in at ${target.identity}`);
  const token = await orQuit(quit, tokens.current());
  display.step('signed in', flags.user);
  display.waiting(`connecting to ${target.gateway}`);
  const socket = await orQuit(quit, openSocket(target.gateway, token));
  display.step('connected', target.gateway);
  display.waiting('saying hello');
  const signaling = await startSignaling(socket, 'heliograph-demo-operator');
  const { kind, tokenExpiresAt } = signaling.welcome;
  if (kind === 'robot') {
    await signaling.bye();
    throw new DemoStopped(`${flags.user} is a robot; sign in as a person with --user.`);
  }
  display.step('welcome', `token good for ${inWords(tokenExpiresAt - Date.now())}`);
  keepUp(signaling, { tokens, say: display.note });
  return signaling;
}

/** One session, from the search for the robot to its end. */
async function playSession(
  demo: Demo,
  signaling: Signaling,
  robotPatienceMs: number,
): Promise<SessionEnd | 'quit'> {
  const { flags, display, quit } = demo;
  const orLost = <T>(work: Promise<T>): Promise<T> => orQuit(quit, Promise.race([work, lossOf(signaling)]));
  const robotId = robotIdSchema.parse(flags.robot);

  const { online } = await orLost(
    findRobot(signaling, { robotId, patienceMs: robotPatienceMs, onWaiting: display.waiting }),
  );
  display.step('robots', `${online.join(', ')} online`);
  display.waiting(`opening a session with ${robotId}`);
  const mode = mayControl(signaling) ? 'control' : 'view';
  const opened = await orLost(signaling.ask({ action: 'openSession', robotId, mode }, 'sessionOpened'));
  display.step('session opened', grantInWords(mode, opened));

  const session = startOperatorSession(signaling, opened, (step, detail) => {
    display.step(step, detail);
    display.waiting(`negotiating with ${robotId}`);
  });
  signaling.listen((message: ServerMessage) => session.take(message));
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
    return await driveUntilEnd(demo, { session, mode: opened.mode, orLost });
  } catch (failure) {
    if (quit.signal.aborted) return 'quit';
    throw failure;
  } finally {
    await session.close();
  }
}

async function driveUntilEnd(
  { flags, display, quit, startClock }: Demo,
  of: {
    session: ReturnType<typeof startOperatorSession>;
    mode: 'control' | 'view';
    orLost: <T>(work: Promise<T>) => Promise<T>;
  },
): Promise<SessionEnd> {
  startClock();
  display.note(hintFor(of.mode, flags));
  const live = startLive(of.session, { mode: of.mode, display, onQuit: () => quit.abort() });
  try {
    return await of.orLost(of.session.ended);
  } finally {
    live.stop();
    display.summary(live.summary());
  }
}

function mayControl({ welcome: { groups } }: Signaling): boolean {
  return groups.includes('operators') || groups.includes('admins');
}

function grantInWords(asked: SessionMode, { mode, controller }: SessionOpened): string {
  if (mode === asked) return mode;
  return `view only: session ${controller ?? 'of somebody else'} holds control`;
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

/** Rejects when the demo is to end, so that nothing is waited for in vain. */
async function orQuit<T>({ signal }: AbortController, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const quitting = Promise.withResolvers<never>();
  const quit = () => quitting.reject(signal.reason);
  signal.addEventListener('abort', quit, { once: true });
  try {
    return await Promise.race([work, quitting.promise]);
  } finally {
    signal.removeEventListener('abort', quit);
  }
}

async function lossOf(signaling: Signaling): Promise<never> {
  const { code, goAway } = await signaling.closed;
  throw new ConnectionLost(`The connection to the gateway was lost (${goAway?.code ?? code}).`, goAway);
}

/** The robot went or moved on; it may be back any moment. Every other end has a reason that repeating does not mend. */
function isWorthRepeating(end: SessionEnd): boolean {
  return end === 'closed' || end === 'robot_offline' || end === 'failed';
}

function noPathTo(robot: string): string {
  return `No connection to ${robot} came about within ${negotiateWithinMs / 1000} s. The robot must be running and reachable by UDP from here; without a TURN server both must be on one network.`;
}

function inWords(ms: number): string {
  if (ms >= 2 * 3_600_000) return `${Math.round(ms / 3_600_000)} h`;
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}
