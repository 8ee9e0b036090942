import { type ScheduledFunction, scheduledCleanup } from '../schedules/cleanup.ts';
import { deadlineShards } from '../table-shapes.ts';
import { dependencies, type Overrides } from './dependencies.ts';
import { type Environment, tokenPolicyFrom } from './settings.ts';

/** The function behind the schedule. */
export function cleanupFunction(environment: Environment, overrides: Overrides = {}): ScheduledFunction {
  const { clock, ids, lifeLog, ...make } = dependencies(environment, overrides);
  return scheduledCleanup({
    clock,
    ids,
    lifeLog,
    deadlineShards,
    policy: tokenPolicyFrom(environment),
    connections: make.connections(),
    robots: make.robots(),
    sessions: make.sessions(),
    clients: make.clients(),
    watches: make.watches(),
    fleets: make.fleets(),
    peers: make.peers(),
  });
}
