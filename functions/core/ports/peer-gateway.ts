import type { ServerMessage } from '../../../protocol/messages.ts';
import type { SocketAddress } from '../model/connection.ts';

/**
 * Posts to sockets and closes them.
 *
 * @throws {DependencyUnavailable} when the gateway cannot be reached, throttles or fails: then it is
 * not known whether the message went out.
 */
export type PeerGateway = {
  /** `too_large`: the message is more than one frame, or cannot be written as JSON; it was not sent. `gone`: the socket does not exist, or its `$connect` has not returned yet (HTTP 410). `delivered` is no proof of arrival (I8). */
  post(to: SocketAddress, message: ServerMessage): Promise<'delivered' | 'gone' | 'too_large'>;
  /** Whether the socket is there. One that is half-open looks open until the gateway notices. */
  find(socket: SocketAddress): Promise<'open' | 'gone'>;
  /** Closes with code 1000 and no reason; say `goAway` first. */
  close(socket: SocketAddress): Promise<'closed' | 'gone'>;
};
