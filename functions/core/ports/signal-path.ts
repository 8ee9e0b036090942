import type { ClientSession, SessionKey } from '../model/client-session.ts';
import type { RobotSession } from '../model/robot-session.ts';

/**
 * What the relay reads, in one round trip and two consistent read units: this is the whole of what a
 * signal costs in the database. @throws {DependencyUnavailable} also when only one of the two came.
 */
export type SignalPath = {
  read(key: SessionKey): Promise<{ robot: RobotSession | undefined; session: ClientSession | undefined }>;
};
