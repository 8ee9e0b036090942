import type { ControlLease } from '../../endpoints/robot-endpoint.ts';
import type { Session } from '../../endpoints/session.ts';
import type { SignalingClient } from '../../signaling/contract.ts';
import { isRecord } from '../../wire/guards.ts';
import { signalKind } from '../../wire/message-guards.ts';
import type { SignalKind } from '../../wire/messages.ts';

/** A longer line cannot be a signal that the server takes, however its JSON is escaped. */
export const mostLineBytes = 256 * 1024;

/** One line for a program, before it is JSON. */
export type Told = { readonly event: string } & Readonly<Record<string, unknown>>;

/** What a program asks for, of the session that it names or the only one that it has. */
export type Said = { readonly sessionId: string | undefined } & (
  | { readonly do: 'send'; readonly kind: SignalKind; readonly data: unknown }
  | { readonly do: 'close'; readonly reason: 'closed' | 'refused' | 'busy' }
);

const isKind = (value: unknown): value is SignalKind => signalKind(value);

/** Undefined for what is no command. */
export function parseSaid(line: string): Said | undefined {
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(said)) return undefined;
  const { sessionId, kind, data, close } = said;
  if (sessionId !== undefined && typeof sessionId !== 'string') return undefined;
  if (close === 'closed' || close === 'refused' || close === 'busy')
    return { sessionId, do: 'close', reason: close };
  return close === undefined && isKind(kind) ? { sessionId, do: 'send', kind, data } : undefined;
}

/** False for what cannot be done: the session has ended, or the signal is larger than the server takes. */
export function obey(session: Session, said: Said): boolean {
  try {
    if (said.do === 'close') session.close(said.reason);
    else session.send(said.kind, said.data);
    return true;
  } catch {
    return false;
  }
}

/** Tells a program of a new session, and of all that becomes of it; `closed` comes last. */
export function tellOf(
  session: Session,
  of: {
    readonly clientId: string;
    readonly client: SignalingClient;
    readonly control: () => ControlLease;
    readonly tell: (told: Told) => void;
  },
): void {
  const { sessionId, iceServers } = session;
  const away = { client: false, robot: false };
  const tell = (told: Told): void => of.tell(Object.assign({ event: told.event, sessionId }, told));
  const leaseEpoch = (): number => of.control().leaseEpoch;

  /** Only changes are told: a `welcome` says again what is known. */
  function setAway(
    who: keyof typeof away,
    isAway: boolean,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    if (away[who] === isAway) return;
    away[who] = isAway;
    tell({ event: isAway ? 'suspended' : 'restored', who, ...more });
  }

  tell({
    event: 'session',
    clientId: of.clientId,
    mode: session.mode(),
    leaseEpoch: leaseEpoch(),
    iceServers,
  });
  session.on('signal', ({ kind, data, leaseEpoch: sentUnder }) =>
    tell({ event: 'signal', kind, data, leaseEpoch: sentUnder }),
  );
  session.on('mode', (mode) => tell({ event: 'mode', mode, leaseEpoch: leaseEpoch() }));
  session.on('lost', (lost) => tell({ event: 'lost', ...lost }));
  session.on('peerAway', ({ resumeEndsAt }) => setAway('client', true, { resumeEndsAt }));
  session.on('peerBack', () => setAway('client', false));
  const stop = of.client.on('state', (state) => {
    if (state.status === 'recovering') setAway('robot', true);
    if (state.status !== 'ready') return;
    setAway('robot', false);
    // The other side may have gone or come while nobody could say so.
    const now = state.welcome.sessions.find((each) => each.sessionId === sessionId)?.state;
    if (now !== undefined) setAway('client', now === 'suspended');
  });
  session.on('closed', (reason) => {
    stop();
    tell({ event: 'closed', reason });
  });
}
