import { type ScheduledFunction, scheduledCleanup } from '../schedules/cleanup.ts';
import { deadlineShards } from '../table-shapes.ts';
import type { ServicesOf } from './aws-services.ts';
import { dependencies, type Overrides } from './dependencies.ts';
import { type Environment, tokenPolicyFrom } from './settings.ts';
import { awsServices } from './signed-services.ts';

/** The function behind the schedule. */
export function cleanupFunction(environment: Environment, overrides: Overrides = {}): ScheduledFunction {
  const { clock, ids, lifeLog, ...make } = dependencies(
    awsServices satisfies ServicesOf<'cleanup'>,
    environment,
    overrides,
  );
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
