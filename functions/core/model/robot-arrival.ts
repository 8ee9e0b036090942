import type { RobotState } from '../../../protocol/messages/from-server/robots.ts';
import type { SocketAddress } from './connection.ts';
import type { RobotSession } from './robot-session.ts';

/** How the connection that is the robot came to be it: kept with the row, for whoever has to go on with it. */
export type RobotArrival = {
  /** Whether it goes on with the sessions that it had. */
  readonly resume: boolean;
  /** The state before. */
  readonly from: RobotState;
  /** The connection before, if it was there. */
  readonly replaced?: SocketAddress;
  /** The fleets before. */
  readonly fleets: readonly string[];
  /** Whether everybody has been told. */
  readonly isTold: boolean;
};

/** Of a claim just made, by the row before it. */
export function arrivalFrom(previous: RobotSession | undefined, resume: boolean): RobotArrival {
  const { state = 'offline', socket, fleets = [] } = previous ?? {};
  const replaced = socket && { connectionId: socket.connectionId, endpoint: socket.endpoint };
  return { resume, from: state, fleets, isTold: false, ...(replaced !== undefined && { replaced }) };
}
