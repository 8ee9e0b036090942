import type { Clock } from '../environment/clock.ts';
import type { CloseReason, ServerMessage, SessionKey, Welcome } from '../wire/messages.ts';
import { type Channel, createChannel } from './channel.ts';
import type { OutgoingSignal } from './outbox.ts';

/** A signal may overtake the message that tells of its session; so many such sessions are waited for. */
const mostUntold = 32;
/** Late signals of ended sessions must not make them anew. */
const mostEnded = 256;

export type OpenedChannel = Channel & { readonly endedBy: CloseReason | undefined };

export type Channels = {
  /** The channel of a session, made when there is none. `endedBy`: the end has overtaken what tells of the beginning. */
  open(key: SessionKey): OpenedChannel;
  /** Takes what concerns signals; anything else is left alone. */
  take(message: ServerMessage): void;
  /** The connection is lost: until `resume` nothing that is missing is given up. */
  suspend(): void;
  /** After a `welcome`: sends again what is missing there; gives the sessions that the server knows no more. */
  resume(sessions: Welcome['sessions']): SessionKey[];
  /** For `hello`: by session, the highest `seq` without a gap. */
  received(): Record<string, number>;
  end(sessionId: string): void;
  /** Whether any session is open. */
  isBusy(): boolean;
  stop(): void;
};

export function createChannels(of: {
  readonly clock: Clock;
  readonly maxBytes: () => number;
  readonly transmit: (signal: OutgoingSignal) => boolean;
  readonly isClogged: () => boolean;
  readonly onHole: () => void;
  readonly onBusy: (isBusy: boolean) => void;
}): Channels {
  const channels = new Map<string, Channel>();
  const told = new Set<string>();
  /** With the server's reason, where it gave one. */
  const ended = new Map<string, CloseReason | undefined>();

  function make(key: SessionKey): Channel {
    const channel = createChannel({ ...of, key });
    channels.set(key.sessionId, channel);
    of.onBusy(true);
    return channel;
  }

  function end(sessionId: string, why = ended.get(sessionId)): void {
    channels.get(sessionId)?.stop();
    channels.delete(sessionId);
    told.delete(sessionId);
    ended.set(sessionId, why);
    for (const oldest of ended.keys()) {
      if (ended.size <= mostEnded) break;
      ended.delete(oldest);
    }
    if (channels.size === 0) of.onBusy(false);
  }

  function channelFor({ sessionId, robotId }: SessionKey): Channel | undefined {
    if (ended.has(sessionId)) return undefined;
    const known = channels.get(sessionId);
    if (known) return known;
    return channels.size - told.size < mostUntold ? make({ sessionId, robotId }) : undefined;
  }

  return {
    open(key) {
      told.add(key.sessionId);
      const endedBy = ended.get(key.sessionId);
      if (!endedBy) ended.delete(key.sessionId);
      return { ...(channels.get(key.sessionId) ?? make(key)), endedBy };
    },
    take(message) {
      switch (message.type) {
        case 'signal':
          return channelFor(message)?.take(message);
        case 'peerAway':
          return channels.get(message.sessionId)?.setPeerAway(true);
        case 'peerBack': {
          const channel = channels.get(message.sessionId);
          channel?.setPeerAway(false);
          return channel?.resendAbove(message.received, true);
        }
        case 'error':
          return channels.get(message.sessionId ?? '')?.refused(message);
        case 'sessionClosed':
          return end(message.sessionId, message.reason);
        default:
          return;
      }
    },
    suspend() {
      for (const channel of channels.values()) channel.setPeerAway(true);
    },
    resume(sessions) {
      const gone = [...channels.values()].filter(
        ({ key }) => !sessions.some(({ sessionId }) => sessionId === key.sessionId),
      );
      for (const { key } of gone) end(key.sessionId);
      for (const { sessionId, received, state } of sessions) {
        const channel = channels.get(sessionId);
        channel?.setPeerAway(state === 'suspended');
        channel?.resendAbove(received, false);
      }
      return gone.map(({ key }) => key);
    },
    received: () =>
      Object.fromEntries(
        [...channels.values()].map((channel) => [channel.key.sessionId, channel.received()]),
      ),
    end,
    isBusy: () => channels.size > 0,
    stop() {
      for (const sessionId of [...channels.keys()]) end(sessionId);
    },
  };
}
