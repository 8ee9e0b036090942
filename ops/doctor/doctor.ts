import { OperationFailed } from '../failure.ts';
import { checkClients, checkGroups } from './check-clients.ts';
import { checkFunctions, checkSchedule, checkStage, checkTables } from './check-tables.ts';
import { checkConnect, checkKeysAndClock } from './check-way-in.ts';
import { type Finding, fault } from './finding.ts';
import type { Setup } from './setup.ts';

/** In the order in which a robot meets them. */
const checks = {
  'app clients': checkClients,
  groups: checkGroups,
  tables: checkTables,
  functions: checkFunctions,
  stage: checkStage,
  schedule: checkSchedule,
  keys: checkKeysAndClock,
  connect: checkConnect,
} as const satisfies Record<string, (setup: Setup) => Promise<Finding[]>>;

/** Looks at everything, and goes on where it may not look. @param onProgress Told what is looked at next. */
export async function examine(setup: Setup, onProgress: (what: string) => void): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [name, check] of Object.entries(checks)) {
    onProgress(name);
    findings.push(...(await orCannotLook(name, () => check(setup))));
  }
  return findings;
}

async function orCannotLook(name: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (failure) {
    if (!(failure instanceof OperationFailed)) throw failure;
    return [fault(name, failure.message, failure.remedy)];
  }
}

export function hasFaults(findings: readonly Finding[]): boolean {
  return findings.some(({ state }) => state === 'fault');
}
