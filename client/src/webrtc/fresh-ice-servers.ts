import type { Session } from '../endpoints/session.ts';
import type { Clock } from '../environment/clock.ts';
import { startStopwatch } from '../environment/timer.ts';
import type { PeerConnectionLike } from './peer-connection.ts';

/** TURN credentials live for an hour or so: after half of it new ones are asked for. */
const oldAfterMs = 30 * 60_000;

/**
 * Gives a function that sees to it, before each negotiation, that the credentials of the TURN servers
 * are good. Does nothing while they are new, where there are none, and where the connection cannot be
 * given others; a failure is no reason not to negotiate.
 */
export function freshIceServers(of: {
  readonly session: Pick<Session, 'iceServers' | 'renewIceServers'>;
  readonly connection: PeerConnectionLike;
  readonly clock: Clock;
}): () => Promise<void> {
  const { session, connection, clock } = of;
  let age = startStopwatch(clock);
  return async () => {
    const hasCredentials = session.iceServers.some(({ credential }) => credential !== undefined);
    if (!hasCredentials || age() < oldAfterMs || connection.setConfiguration === undefined) return;
    try {
      const iceServers = await session.renewIceServers();
      // What is not said again would go back to its default.
      connection.setConfiguration({ ...connection.getConfiguration?.(), iceServers });
      age = startStopwatch(clock);
    } catch {}
  };
}
