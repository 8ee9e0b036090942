import type { RobotId } from '../../../protocol/ids.ts';
import type { FleetDirectory } from '../../core/ports/fleet-directory.ts';
import { called, type MemoryState } from './memory-state.ts';

export function memoryFleetDirectory({ fleets: directory }: MemoryState): FleetDirectory {
  return {
    enlist: (robotId, { fleets, left }) =>
      called(() => {
        for (const fleet of left) directory.set(fleet, without(directory.get(fleet), robotId));
        for (const fleet of [undefined, ...fleets]) {
          directory.set(fleet, new Set(directory.get(fleet)).add(robotId));
        }
      }),

    list: ({ fleet, after, limit }) =>
      called(() =>
        [...(directory.get(fleet) ?? [])]
          .filter((robotId) => after === undefined || byBytes(robotId, after) > 0)
          .sort(byBytes)
          .slice(0, limit),
      ),
  };
}

function without(robots: ReadonlySet<RobotId> | undefined, robotId: RobotId): ReadonlySet<RobotId> {
  const rest = new Set(robots);
  rest.delete(robotId);
  return rest;
}

/** DynamoDB's order, the UTF-8 bytes; JavaScript's differs beyond the basic plane. */
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
