import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ControlLease } from '../../endpoints/robot-endpoint.ts';
import type { Session } from '../../endpoints/session.ts';
import type { SignalingClient } from '../../signaling/contract.ts';
import { boundedLines } from './bounded-lines.ts';
import type { Output } from './commands.ts';
import { createGate, type Pace } from './pace.ts';
import { processGroup } from './process-group.ts';
import { mostLineBytes, obey, parseSaid, type Told, tellOf } from './session-lines.ts';
import type { Environment } from './settings.ts';

/** What to start for each session: a program with its arguments, or a line for the shell. */
export type DriverCommand =
  | { readonly program: string; readonly args: readonly string[] }
  | { readonly shellLine: string };

/** What a driver finds in its environment, and nothing else of ours. */
export const sessionVariables = {
  sessionId: 'HELIOGRAPH_SESSION_ID',
  robotId: 'HELIOGRAPH_SESSION_ROBOT',
  clientId: 'HELIOGRAPH_SESSION_CLIENT',
  mode: 'HELIOGRAPH_SESSION_MODE',
  leaseEpoch: 'HELIOGRAPH_SESSION_LEASE_EPOCH',
} as const;

/** A driver that leaves so much unread has stopped reading. */
const mostUnreadBytes = 1024 * 1024;
/** Bad lines are told one by one up to this, then each hundredth: a driver may print its log there. */
const mostToldOneByOne = 10;
/** What a driver said last is read for so long after its exit: another process may hold the other end. */
const readAfterExitMs = 1_000;
/** By which a shell says that it could not start what it was told. */
const shellFailures: readonly (number | null)[] = [126, 127];

export type Driver = {
  /** Whether it could be started. */
  readonly begun: Promise<boolean>;
  /** When it and all that it has started are gone. */
  readonly ended: Promise<void>;
  kill(): void;
};

/** Starts one driver for one session; either ends with the other. */
export function startDriver(of: {
  readonly command: DriverCommand;
  readonly session: Session;
  readonly clientId: string;
  readonly client: SignalingClient;
  readonly control: () => ControlLease;
  readonly env: Environment;
  readonly stopWithinMs: number;
  readonly pace: Pace;
  readonly output: Output;
}): Driver {
  const { session, output, pace, stopWithinMs } = of;
  const name = `The driver of session ${session.sessionId}`;
  const child = begin();
  if (child === undefined) return { begun: Promise.resolve(false), ended: Promise.resolve(), kill() {} };
  const group = processGroup(child);
  const gate = createGate();
  const away = new Set<unknown>();
  let hasExited = false;
  let hasAnswered = false;
  let badLines = 0;

  const begun = new Promise<boolean>((resolve) => {
    child.on('spawn', () => resolve(true));
    child.on('error', (failure) => {
      cannotStart(failure);
      resolve(false);
    });
  });
  child.on('exit', (code, signal) => void onExit(code, signal));
  child.stdin.on('error', () => undefined);
  const reading = read().catch(() => undefined);
  tellOf(session, { ...of, tell });
  // After it has been told so.
  const closed = new Promise<void>((resolve) => session.on('closed', () => resolve(onClosed())));

  function begin(): ChildProcessByStdio<Writable, Readable, null> | undefined {
    const { command } = of;
    const env = environmentOf({ ...of, leaseEpoch: of.control().leaseEpoch });
    try {
      // A group of its own: all that it has started can be ended with it, and Ctrl+C reaches it through us.
      const stdio: ['pipe', 'pipe', 'inherit'] = ['pipe', 'pipe', 'inherit'];
      const how = { env, detached: true, stdio };
      return 'shellLine' in command
        ? spawn(command.shellLine, [], { ...how, shell: true })
        : spawn(command.program, command.args, how);
    } catch (failure) {
      cannotStart(failure);
      return undefined;
    }
  }

  /** The failure's code and no more: its message has the whole command line. */
  function cannotStart(failure: unknown): void {
    const code = failure instanceof Error && 'code' in failure ? String(failure.code) : 'unknown';
    const program = 'program' in of.command ? of.command.program : 'the shell';
    output.warn(`${name} cannot be started, and the session is refused: ${program}: ${code}.`);
  }

  function tell(told: Told): void {
    if (told.event === 'suspended') away.add(told.who);
    if (told.event === 'restored') away.delete(told.who);
    gate.setOpen(away.size === 0 || hasExited);
    if (child === undefined || child.stdin.destroyed || child.stdin.writableEnded) return;
    if (child.stdin.writableLength > mostUnreadBytes) {
      output.warn(`${name} does not read its standard input: the session is ended.`);
      child.stdin.destroy();
      session.close('closed');
      return;
    }
    child.stdin.write(`${JSON.stringify(told)}\n`);
  }

  function onClosed(): void {
    child?.stdin.end();
    gate.setOpen(true);
    void group.stop(stopWithinMs);
  }

  async function read(): Promise<void> {
    if (child === undefined) return;
    for await (const line of boundedLines(child.stdout, mostLineBytes)) {
      // It is held up, not its words thrown away: what waits at the server's side has an end, too.
      if (!hasExited) await gate.passed();
      if (!hasExited && session.isOpen()) await pace();
      if (session.isOpen()) heed(line);
    }
  }

  function heed(line: string | undefined): void {
    const said = line === undefined ? undefined : parseSaid(line);
    const isMine = said !== undefined && (said.sessionId ?? session.sessionId) === session.sessionId;
    if (!isMine || !obey(session, said)) onBadLine(line === undefined);
    else if (said.do === 'send' && said.kind === 'answer') hasAnswered = true;
  }

  /** Never what it says: it may be SDP. */
  function onBadLine(isTooLong: boolean): void {
    badLines += 1;
    if (badLines > mostToldOneByOne && badLines % 100 !== 0) return;
    const why = isTooLong ? `is longer than ${mostLineBytes} bytes` : 'was not understood, or is too large';
    output.warn(`${name}: a line on its standard output ${why}; ignored (${badLines} so far).`);
  }

  async function onExit(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    hasExited = true;
    gate.setOpen(true);
    // Its last words come before its end. Who holds its output open after it is ended with it.
    void group.stop(stopWithinMs);
    await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, readAfterExitMs).unref())]);
    if (!session.isOpen()) return;
    if (code !== 0) {
      const isUnknown = 'shellLine' in of.command && shellFailures.includes(code);
      output.warn(
        `${name} has ended with ${code ?? signal}${isUnknown ? ': the shell cannot start the command' : ''}.`,
      );
    }
    session.close(code === 0 || hasAnswered ? 'closed' : 'refused');
  }

  return {
    begun,
    ended: closed.then(() => group.stop(stopWithinMs)),
    kill: group.kill,
  };
}

/** Of this process's variables those that are not its own, which may be a password; and what the session is. */
function environmentOf(of: {
  readonly env: Environment;
  readonly session: Session;
  readonly clientId: string;
  readonly leaseEpoch: number;
}): Record<string, string> {
  const { session } = of;
  const own = Object.entries(of.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('HELIOGRAPH_'),
  );
  return {
    ...Object.fromEntries(own),
    [sessionVariables.sessionId]: session.sessionId,
    [sessionVariables.robotId]: session.robotId,
    [sessionVariables.clientId]: of.clientId,
    [sessionVariables.mode]: session.mode(),
    [sessionVariables.leaseEpoch]: String(of.leaseEpoch),
  };
}
