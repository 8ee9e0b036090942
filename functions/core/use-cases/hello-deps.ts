import type { FleetDirectory } from '../ports/fleet-directory.ts';
import type { Ids } from '../ports/ids.ts';
import type { RevocationStore } from '../ports/revocation-store.ts';
import type { EndConnectionDeps } from './end-connection.ts';

/** What `hello` needs, for robots and clients alike. */
export type HelloDeps = EndConnectionDeps & {
  readonly fleets: FleetDirectory;
  readonly ids: Ids;
  readonly revocations: RevocationStore;
  readonly fleetSize: number;
  /** Which connection is the robot when two want to be: the newest, or the one that has it. */
  readonly takeover: 'newest' | 'reject-new';
};
