import type { FleetDirectory } from '../../core/ports/fleet-directory.ts';
import { allDone } from './all-done.ts';
import { fleetPartition, robotSortKey, toRobotId } from './directory-keys.ts';
import { allOf, is, isAbove } from './expression.ts';
import { dynamoDbTable, type TableAccess } from './table.ts';

/** One row a robot and fleet, and one under all robots. They have no `ttl`: a robot is never forgotten for its age. */
export function dynamoDbFleetDirectory(access: TableAccess): FleetDirectory {
  const table = dynamoDbTable(access);

  return {
    async enlist(robotId, { fleets, left }) {
      const sk = robotSortKey(robotId);
      // In before out: a robot that changes its fleet is never in none.
      await allDone(
        [undefined, ...new Set(fleets)].map((fleet) => table.put({ pk: fleetPartition(fleet), sk })),
      );
      const gone = [...new Set(left)].filter((fleet) => !fleets.includes(fleet));
      await allDone(gone.map((fleet) => table.remove({ pk: fleetPartition(fleet), sk })));
    },

    async list({ fleet, after, limit }) {
      const rows = await table.query({
        // A robot that enlisted this moment may be missing; the next look has it, at half the price for all looks.
        from: 'table, eventually consistent',
        where: allOf(is('pk', fleetPartition(fleet)), isAbove('sk', robotSortKey(after ?? ''))),
        limit,
      });
      return rows.map(toRobotId);
    },
  };
}
