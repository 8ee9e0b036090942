import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createRobotEndpoint } from '../../endpoints/robot-endpoint.ts';
import type { Session } from '../../endpoints/session.ts';
import { createSignalingClient } from '../../signaling/signaling-client.ts';
import { isRecord } from '../../wire/guards.ts';
import type { SignalKind } from '../../wire/messages.ts';
import { wsTransport } from '../ws-transport.ts';
import type { Output } from './commands.ts';
import { exitCodes } from './exit-codes.ts';
import { type RobotIdentity, tokensOf } from './settings.ts';

const kinds: readonly string[] = [
  'offer',
  'answer',
  'candidate',
  'candidatesEnd',
  'restart',
  'custom',
] satisfies SignalKind[];
const isKind = (value: unknown): value is SignalKind => typeof value === 'string' && kinds.includes(value);

/**
 * Keeps the robot online, and speaks JSON lines with whatever drives it, in any language: events on
 * standard output; on standard input `{"sessionId", "kind", "data"?}` sends a signal and
 * `{"sessionId", "close": "closed" | "refused" | "busy"}` ends a session.
 */
export async function run(
  robot: RobotIdentity,
  of: { url: string; password: string | undefined; input: Readable; stop: AbortSignal; output: Output },
): Promise<number> {
  const { output } = of;
  const tell = (event: Readonly<Record<string, unknown>>): void => output.say(JSON.stringify(event));
  const sessions = new Map<string, Session>();
  const client = createSignalingClient({
    url: of.url,
    tokens: tokensOf(robot, { password: of.password, logger: output }),
    transport: wsTransport(),
    kind: 'robot',
    agent: 'heliograph-robot',
    logger: output,
  });
  createRobotEndpoint(client, {
    logger: output,
    onSession(session, { clientId }) {
      const { sessionId, iceServers } = session;
      sessions.set(sessionId, session);
      tell({ event: 'session', sessionId, clientId, mode: session.mode(), iceServers });
      session.on('signal', ({ kind, data, leaseEpoch }) =>
        tell({ event: 'signal', sessionId, kind, data, leaseEpoch }),
      );
      session.on('mode', (mode) => tell({ event: 'mode', sessionId, mode }));
      session.on('closed', (reason) => {
        sessions.delete(sessionId);
        tell({ event: 'closed', sessionId, reason });
      });
      return 'accept';
    },
  });

  const lines = createInterface({ input: of.input });
  lines.on('line', (line) => {
    if (!obey(line, sessions)) output.warn('A line on standard input was not understood.');
  });
  const ended = new Promise<number>((resolve) => {
    client.on('state', (state) => {
      tell(
        state.status === 'closed'
          ? { event: 'state', status: state.status, reason: state.reason }
          : { event: 'state', status: state.status },
      );
      if (state.status !== 'closed') return;
      if (state.cause !== undefined) output.warn(state.cause.message);
      resolve(state.reason === 'closed_by_application' ? exitCodes.done : exitCodes.failed);
    });
  });
  of.stop.addEventListener('abort', () => client.close(), { once: true });
  client.start();
  return ended.finally(() => lines.close());
}

/** False for what is no command. */
function obey(line: string, sessions: ReadonlyMap<string, Session>): boolean {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return false;
  }
  if (!isRecord(said)) return false;
  const session = sessions.get(String(said.sessionId));
  const { kind, data, close } = said;
  if (session === undefined) return false;
  if (close === 'closed' || close === 'refused' || close === 'busy') {
    session.close(close);
    return true;
  }
  if (!isKind(kind)) return false;
  try {
    session.send(kind, data);
    return true;
  } catch {
    return false;
  }
}
