import {
  type TableName,
  type TableShape,
  tableNames,
  tableShapes,
  ttlAttribute,
} from '../../functions/table-shapes.ts';
import { type Finding, fault, inWords, ok, warning } from './finding.ts';
import type { Setup, TableFacts } from './setup.ts';

export async function checkTables(setup: Setup): Promise<Finding[]> {
  const findings = await Promise.all(tableNames.map((name) => checkTable(setup, name)));
  return findings.flat();
}

async function checkTable(setup: Setup, name: TableName): Promise<Finding[]> {
  const check = `table ${name}`;
  const facts = await setup.table(name);
  if (facts === undefined) return [fault(check, 'The table is not there.', setup.redeploy)];
  if (facts.status !== 'ACTIVE') {
    return [fault(check, `The table is ${facts.status}.`, 'Wait until it is ACTIVE, then ask again.')];
  }
  const found = faultsOf(facts, { check, shape: tableShapes[name], setup });
  return found.length > 0 ? found : [ok(check, describe(facts))];
}

function faultsOf(
  facts: TableFacts,
  { check, shape, setup }: { check: string; shape: TableShape; setup: Setup },
): Finding[] {
  const { redeploy } = setup;
  const found: Finding[] = [];
  const keys = [shape.partitionKey.name, ...(shape.sortKey === undefined ? [] : [shape.sortKey.name])];
  if (facts.keys.join() !== keys.join()) {
    const says = `Its keys are ${facts.keys.join(', ')} and must be ${keys.join(', ')}.`;
    found.push(
      fault(
        check,
        says,
        'It was made by another version: delete the store stack, whose rows come back with the connections, and deploy again.',
      ),
    );
  }
  for (const { name, partitionKey, sortKey } of shape.indexes) {
    const index = facts.indexes.find((each) => each.name === name);
    if (index === undefined) {
      found.push(fault(check, `It lacks the index ${name}: ${withoutIndex(name)}.`, redeploy));
    } else if (index.keys.join() !== [partitionKey.name, sortKey.name].join()) {
      found.push(fault(check, `Its index ${name} is by ${index.keys.join(', ')}.`, redeploy));
    } else if (index.status !== 'ACTIVE') {
      found.push(
        fault(check, `Its index ${name} is ${index.status}.`, 'Wait until it is ACTIVE, then ask again.'),
      );
    }
  }
  if (facts.ttl !== null && facts.ttl !== ttlAttribute) {
    const says = `Rows are not expired by ${ttlAttribute}: what the cleanup loses stays for ever.`;
    found.push(
      setup.kind === 'emulator'
        ? warning(check, says, 'Some emulators leave that out when they deploy; nothing else depends on it.')
        : fault(check, says, redeploy),
    );
  }
  return found;
}

function withoutIndex(name: string): string {
  return name === 'byDeadline'
    ? 'the cleanup finds nothing, and nobody is warned, expired or closed'
    : 'a revocation finds no connections to close';
}

function describe({ indexes, ttl }: TableFacts): string {
  const parts = [
    'Keys as they must be',
    ...(indexes.length > 0 ? [`${indexes.map(({ name }) => name).join(' and ')} active`] : []),
    ttl === null ? 'expiry of rows not known here' : `rows expire by ${ttl}`,
  ];
  return `${parts.join(', ')}.`;
}

/** Later than that, two runs have passed it by. */
const patienceMs = 3 * 60_000;

/** Whether the schedule is there, and whether it works: what is due must not stay so. */
export async function checkSchedule(setup: Setup): Promise<Finding[]> {
  const check = 'schedule';
  const { managed } = setup;
  const found: Finding[] = [];
  if (managed !== undefined) {
    const schedule = await managed.schedule();
    if (schedule === undefined) {
      found.push(fault(check, 'There is no schedule: the cleanup never runs.', setup.redeploy));
    } else {
      if (!schedule.enabled) {
        found.push(
          fault(
            check,
            'The schedule is disabled: the cleanup never runs.',
            `Enable it in EventBridge Scheduler, or: ${setup.redeploy}`,
          ),
        );
      }
      if (managed.cleanupFunction !== undefined && !schedule.target.endsWith(`:${managed.cleanupFunction}`)) {
        found.push(fault(check, 'The schedule does not call the cleanup.', setup.redeploy));
      }
      if (found.length === 0) found.push(ok(check, `Calls the cleanup, ${schedule.expression}, enabled.`));
    }
  }
  const overdueMs = await setup.overdueMs();
  const allowedMs = Math.max(patienceMs, 3 * setup.policy.cleanupEveryMs);
  if (overdueMs > allowedMs) {
    const says = `A connection is due since ${inWords(overdueMs)}: the cleanup stands still, or cannot keep up.`;
    found.push(
      fault(
        'cleanup',
        says,
        'See what it fails at: heliograph tail --since 30m --level warn. The runbook has it under CleanupStopped.',
      ),
    );
  } else if (overdueMs > 0) {
    found.push(ok('cleanup', `Keeps up: what is due longest is so for ${inWords(overdueMs)}.`));
  } else {
    found.push(ok('cleanup', 'Nothing is overdue.'));
  }
  return found;
}

export async function checkFunctions(setup: Setup): Promise<Finding[]> {
  const { managed } = setup;
  if (managed === undefined) return [];
  const functions = await managed.functions();
  const idle = functions.filter(({ state }) => state !== 'Active');
  return idle.length > 0
    ? idle.map(({ name, state }) =>
        state === 'missing'
          ? fault(`function ${name}`, 'The function is not there.', setup.redeploy)
          : warning(
              `function ${name}`,
              `The function is ${state}.`,
              'Wait a minute; when it stays, deploy again.',
            ),
      )
    : [ok('functions', `All ${functions.length} are active.`)];
}

/** The stage against the route table. */
export async function checkStage(setup: Setup): Promise<Finding[]> {
  const check = 'stage';
  const { managed } = setup;
  if (managed === undefined) return [];
  const stage = await managed.stage();
  if (stage === undefined)
    return [fault(check, 'The API has no such stage: nobody can connect.', setup.redeploy)];
  const found: Finding[] = [];
  const byKey = new Map(stage.routes.map((route) => [route.key, route]));
  const missing = managed.expectedRoutes.filter((key) => byKey.get(key)?.hasTarget !== true);
  if (missing.length > 0) {
    const says = `It has no working ${missing.length === 1 ? 'route' : 'routes'} ${missing.join(', ')}.`;
    found.push(fault(check, says, setup.redeploy));
  }
  if (stage.logsMessages) {
    const says = 'Execution logs hold whole messages, tokens among them (I9).';
    found.push(
      fault(
        check,
        says,
        `Set LoggingLevel to OFF and DataTraceEnabled to false, delete that log group, then: ${setup.redeploy}`,
      ),
    );
  }
  const silent = managed.routeResponses
    ? stage.routes.filter(({ key, responds }) => key === 'hello' && !responds)
    : [];
  if (silent.length > 0) {
    found.push(
      fault(check, 'Messages get no answer: the route hello has no route response.', setup.redeploy),
    );
  }
  if (found.length > 0) return found;
  const throttle = stage.throttle === undefined ? '' : `, at most ${stage.throttle} messages a second`;
  return [ok(check, `All ${managed.expectedRoutes.length} routes, no messages in logs${throttle}.`)];
}
