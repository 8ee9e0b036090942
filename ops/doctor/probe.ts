import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { connectionId as connectionIdSchema } from '../../protocol/ids.ts';
import { portsOf } from '../deployment/clients.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { OperationFailed } from '../failure.ts';
import { openSocket, signIn, type Visitor } from './visit.ts';

/** What AWS does not document, as it was found to be. Durations in ms. */
export type ProbeAnswers = {
  /** How long a connection lived that said nothing at all; undefined when it was still open at the end. */
  readonly silentLivedMs: number | undefined;
  /** The same, of one that sent WebSocket ping frames. */
  readonly pingedLivedMs: number | undefined;
  readonly pingsResetIdle: boolean | undefined;
  /** From a close by the client until the row of the connection was gone, which `$disconnect` removes. */
  readonly disconnectAfterCloseMs: number | undefined;
  /** The same after the TCP connection was cut without a word. */
  readonly disconnectAfterCutMs: number | undefined;
};

export type ProbeOptions = {
  readonly deployment: Deployment;
  readonly visitor: Visitor;
  /** What the gateway's idle limit is said to be: 10 minutes. */
  readonly idleMs: number;
  readonly onProgress: (what: string) => void;
};

const helloMs = 10_000;

/**
 * Settles on a real account what no document says: whether ping frames reset the idle time, and how late
 * `$disconnect` comes. Four connections of the given user, which must be a person's; takes the idle limit
 * and a fifth. Changes nothing but their own rows.
 *
 * @throws {OperationFailed} when the user cannot connect.
 */
export async function probe(options: ProbeOptions): Promise<ProbeAnswers> {
  const { idleMs, onProgress } = options;
  const give = () => enter(options);
  onProgress('connecting four times');
  const [silent, pinged, closed, cut] = [await give(), await give(), await give(), await give()];

  onProgress('closing one connection, cutting another, and waiting for $disconnect');
  closed.socket.close();
  cut.socket.terminate();
  const [disconnectAfterCloseMs, disconnectAfterCutMs] = await Promise.all([
    untilGone(options, closed.connectionId),
    untilGone(options, cut.connectionId),
  ]);

  onProgress(`waiting for the idle limit, ${Math.round(idleMs / 1_000)} s, and a fifth more`);
  const pinging = setInterval(() => pinged.socket.ping(), Math.max(50, idleMs / 20));
  const waitMs = idleMs * 1.2;
  const lived = (of: Entered) => livedMs(of, waitMs - (performance.now() - of.lastSaidAt));
  const [silentLivedMs, pingedLivedMs] = await Promise.all([lived(silent), lived(pinged)]);
  clearInterval(pinging);
  for (const { socket } of [silent, pinged]) socket.terminate();
  return {
    ...{ silentLivedMs, pingedLivedMs, disconnectAfterCloseMs, disconnectAfterCutMs },
    pingsResetIdle: silentLivedMs === undefined ? undefined : pingedLivedMs === undefined,
  };
}

type Entered = { readonly socket: WebSocket; readonly connectionId: string; readonly lastSaidAt: number };

async function enter({ deployment, visitor }: ProbeOptions): Promise<Entered> {
  const signedIn = await signIn(deployment, visitor);
  if ('why' in signedIn) {
    throw new OperationFailed(
      `The sign-in was refused: ${signedIn.why}.`,
      'See HELIOGRAPH_USER and HELIOGRAPH_PASSWORD.',
    );
  }
  if (signedIn.isRobot) {
    throw new OperationFailed(
      'The probe would take the robot over.',
      'Give a person in HELIOGRAPH_USER: an operator or a viewer.',
    );
  }
  const { socket, handshake } = await openSocket(deployment.gateway, signedIn.token);
  if (socket === undefined) {
    const how = 'status' in handshake ? handshake.status : handshake.unreachable;
    throw new OperationFailed(`The connection was refused: ${how}.`, 'heliograph doctor says why.');
  }
  socket.send(JSON.stringify({ action: 'hello', protocol: 1, agent: 'heliograph doctor --probe' }));
  const [data] = await once(socket, 'message', { signal: AbortSignal.timeout(helloMs) });
  const said: unknown = JSON.parse(String(data));
  const id =
    typeof said === 'object' && said !== null && 'connectionId' in said ? String(said.connectionId) : '';
  return { socket, connectionId: id, lastSaidAt: performance.now() };
}

/** How long it lived since it last said something; undefined when it is still open after `waitMs`. */
async function livedMs({ socket, lastSaidAt }: Entered, waitMs: number): Promise<number | undefined> {
  if (socket.readyState === socket.OPEN) {
    const closed = once(socket, 'close').then(() => true);
    if (!(await Promise.race([closed, pause(Math.max(0, waitMs), false)]))) return undefined;
  }
  return Math.round(performance.now() - lastSaidAt);
}

const pollMs = 250;

/** Two cleanups later somebody else would have removed it. */
const goneWithinMs = 120_000;

async function untilGone({ deployment }: ProbeOptions, id: string): Promise<number | undefined> {
  const connections = portsOf(deployment).connections();
  const startedAt = performance.now();
  while (performance.now() - startedAt < goneWithinMs) {
    if ((await connections.get(connectionIdSchema.parse(id))) === undefined) {
      return Math.round(performance.now() - startedAt);
    }
    await pause(pollMs);
  }
  return undefined;
}
