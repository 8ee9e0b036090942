import type { FleetDirectory } from '../ports/fleet-directory.ts';
import type { Ids } from '../ports/ids.ts';
import type { EndConnectionDeps } from './end-connection.ts';

/** What `hello` needs, for robots and clients alike. */
export type HelloDeps = EndConnectionDeps & {
  readonly fleets: FleetDirectory;
  readonly ids: Ids;
  readonly fleetSize: number;
};
