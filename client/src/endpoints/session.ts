import type { ChannelListener, LostSignals } from '../delivery/channel.ts';
import { createEmitter, type On } from '../environment/events.ts';
import type { Logger } from '../environment/logger.ts';
import type { SignalingClient } from '../signaling/contract.ts';
import type {
  CloseReason,
  IceServer,
  Message,
  RelayedSignal,
  SessionMode,
  SignalKind,
} from '../wire/messages.ts';

/** Why a session ended: the protocol's reasons, and what only this side knows. */
export type SessionEnd =
  | CloseReason
  /** It ended while this side was away, and nobody said why. */
  | 'gone'
  /** The whole client was closed. */
  | 'client_closed'
  /** The operator's offer was not answered in time. */
  | 'no_answer';

export type SessionEvents = {
  /** Each signal of the other side, once and in its order. */
  signal: RelayedSignal;
  /** Signals are missing, or can no longer be sent again: a negotiation is best begun anew. */
  lost: LostSignals;
  /** The other side has lost its connection; what is sent meanwhile arrives when it is back. */
  peerAway: Message<'peerAway'>;
  peerBack: undefined;
  /** This side is back after it had lost its connection. */
  resumed: undefined;
  /** `control` or `view` has changed for this session. */
  mode: SessionMode;
  /** Another session asks for control, which this one holds. */
  controlRequested: Message<'controlRequested'>;
  closed: SessionEnd;
};

/** One session between an operator and a robot, seen from one of them. */
export type Session = {
  readonly sessionId: string;
  readonly robotId: string;
  /** Signals wait for the first who listens to them; who listens to `closed` when it has ended is told so, too. */
  readonly on: On<SessionEvents>;
  /** STUN and TURN servers, with credentials that run out: ask for new ones before a later negotiation. */
  readonly iceServers: IceServer[];
  mode(): SessionMode;
  isOpen(): boolean;
  /**
   * Sends one signal; it arrives once and in order, over reconnects of either side. Gives its number.
   *
   * @throws {SessionEnded | MessageTooLarge}
   */
  send(kind: SignalKind, data?: unknown): number;
  /** New credentials for the STUN and TURN servers. @throws {ServerRefused | RequestTimedOut | ClientClosed} */
  renewIceServers(): Promise<IceServer[]>;
  /** Ends the session for both sides. */
  close(reason?: 'closed' | 'refused' | 'busy'): void;
};

/** A session, and what its endpoint tells it. */
export type OwnSession = Session & {
  readonly emit: ReturnType<typeof createEmitter<SessionEvents>>['emit'];
  setMode(mode: SessionMode): void;
  /** With what only this side is told. */
  close(reason?: 'closed' | 'refused' | 'busy', why?: SessionEnd): void;
  /** It has ended; nothing is sent. */
  end(why: SessionEnd): void;
};

export function createSession(of: {
  readonly client: SignalingClient;
  readonly logger: Logger;
  readonly sessionId: string;
  readonly robotId: string;
  readonly mode: SessionMode;
  readonly iceServers: IceServer[];
}): OwnSession {
  const { client, sessionId, robotId } = of;
  const key = { sessionId, robotId };
  const emitter = createEmitter<SessionEvents>(of.logger);
  const channel = client.channel(key);
  let mode = of.mode;
  let ended: SessionEnd | undefined;

  function end(why: SessionEnd): void {
    if (ended) return;
    ended = why;
    client.endChannel(sessionId);
    emitter.emit('closed', why);
  }

  const listener: ChannelListener = {
    onSignal: (signal) => emitter.emit('signal', signal),
    onLost: (lost) => emitter.emit('lost', lost),
  };

  /** What came with the session, in the same packet, is there before anybody could listen. */
  const on: On<SessionEvents> = (name, hear) => {
    const why = ended;
    if (name === 'closed' && why) {
      const late = createEmitter<SessionEvents>(of.logger);
      queueMicrotask(() => late.emit('closed', why));
      return late.on(name, hear);
    }
    // After the other listeners that are added with this one.
    if (name === 'signal') queueMicrotask(() => channel.listen(listener));
    return emitter.on(name, hear);
  };

  if (channel.endedBy) end(channel.endedBy);
  return {
    ...key,
    iceServers: of.iceServers,
    on,
    emit: emitter.emit,
    mode: () => mode,
    isOpen: () => !ended,
    send: channel.send,
    setMode(next) {
      if (next === mode) return;
      mode = next;
      emitter.emit('mode', next);
    },
    renewIceServers: async () => (await client.request('getIceServers', {})).iceServers,
    close(reason = 'closed', why: SessionEnd = reason) {
      if (ended) return;
      // A session that is unknown by then is closed, too.
      client.request('closeSession', { ...key, reason }).catch(() => undefined);
      end(why);
    },
    end,
  };
}
