import type { Session } from '../endpoints/session.ts';
import { type Clock, systemClock } from '../environment/clock.ts';
import { type PageSignals, pageSignals } from '../environment/page-signals.ts';
import { startTimer, type Timer } from '../environment/timer.ts';
import { freshIceServers } from './fresh-ice-servers.ts';
import { createNegotiator } from './negotiator.ts';
import type { PeerConnectionLike } from './peer-connection.ts';

/** A path that is down for so long is not waited for. */
const restartAfterMs = 3_000;

export type PeerFailure =
  /** A description of the other side, or of this one, could not be used. */
  | 'unusable_description'
  /** There is no path, and a restart was tried or cannot be. Told once: nothing more is tried. */
  | 'no_path';

export type PeerOptions<Connection extends PeerConnectionLike> = {
  /** One new peer connection of its own; add tracks and channels after this call. */
  readonly connection: Connection;
  readonly role: 'robot' | 'operator';
  /**
   * Whether the connection finds a path again by an ICE restart. Default true; false for werift 0.25, which
   * loses the path that it has. Then none is tried, here or for the other side: what would be mended by one is
   * told as `no_path`, and a new session is the way on.
   */
  readonly canRestartIce?: boolean;
  /** The peer has failed; the session is still there. */
  readonly onFailed?: (why: PeerFailure) => void;
  readonly clock?: Clock;
  readonly page?: PageSignals;
};

export type Peer = {
  /** Negotiates new paths now. */
  restart(): void;
  /** Closes the peer connection; the session goes on. */
  close(): void;
};

/**
 * Negotiates one peer connection over one session, and mends it: ICE is restarted when the path is lost,
 * when the network changes and when either side returns to the session. Ends with the session.
 */
export function connectPeer<Connection extends PeerConnectionLike>(
  session: Session,
  options: PeerOptions<Connection>,
): Peer {
  const { connection, role, onFailed, clock = systemClock, page = pageSignals() } = options;
  const { canRestartIce = true } = options;
  let isClosed = false;
  let isPathLost = false;
  let wasConnected = false;
  let isRestarted = false;
  let waiting: Timer | undefined;

  const negotiator = createNegotiator({
    connection,
    clock,
    role,
    prepare: freshIceServers({ session, connection, clock }),
    // A signal for a session that has just ended is nobody's loss.
    send: (kind, data) => {
      if (session.isOpen()) session.send(kind, data);
    },
    onUnusable: () => onFailed?.('unusable_description'),
    ...(canRestartIce ? {} : { onRestartAsked: pathLost }),
  });

  function pathLost(): void {
    if (isPathLost || isClosed) return;
    isPathLost = true;
    onFailed?.('no_path');
  }

  function restart(): void {
    waiting?.cancel();
    waiting = undefined;
    if (isClosed || !session.isOpen()) return;
    isRestarted = canRestartIce;
    if (canRestartIce) negotiator.restart();
    else pathLost();
  }

  function mend(): void {
    const isDown = wasConnected && connection.connectionState !== 'connected';
    if (isClosed || !isDown) return;
    // What is only away for a moment may come back; without a restart there is nothing to hurry for.
    if (canRestartIce || connection.connectionState === 'failed') restart();
  }

  connection.onconnectionstatechange = () => {
    switch (connection.connectionState) {
      case 'connected':
        wasConnected = true;
        isRestarted = false;
        isPathLost = false;
        waiting?.cancel();
        waiting = undefined;
        return;
      case 'disconnected':
        waiting ??= startTimer(clock, restartAfterMs, restart);
        return;
      case 'failed':
        if (isRestarted) pathLost();
        else restart();
        return;
    }
  };

  const stops = [
    session.on('signal', negotiator.take),
    session.on('resumed', mend),
    session.on('peerBack', mend),
    session.on('lost', ({ isGivenUp }) => {
      // Without a restart a path that holds is better than a negotiation that cannot be done.
      if (isGivenUp && (canRestartIce || !wasConnected)) restart();
    }),
    session.on('closed', close),
    page.onWake(mend),
  ];

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    waiting?.cancel();
    negotiator.stop();
    for (const stop of stops) stop();
    connection.onconnectionstatechange = null;
    connection.close();
  }

  return { restart, close };
}
