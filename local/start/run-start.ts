import { once } from 'node:events';
import { styleText } from 'node:util';
import { CommanderError } from 'commander';
import { powertoolsLifeLog } from '../../functions/adapters/powertools/life-log.ts';
import { startLocalStack } from '../stack/local-stack.ts';
import { seededPassword } from '../stack/users.ts';
import { startConsoleServer } from './console-server.ts';
import { demoRobots, startDemoRobot } from './demo-robots.ts';
import { createFaultDesk } from './fault-desk.ts';
import { parseStartFlags, type StartFlags } from './flags.ts';
import { lifeLines } from './life-lines.ts';
import { recentEvents } from './recent-events.ts';
import type { StartAddresses } from './start-addresses.ts';

/** `npm start`: starts everything, waits for a signal, stops everything. Gives the exit code. */
export async function runStart(argv: readonly string[]): Promise<number> {
  let flags: StartFlags;
  try {
    flags = parseStartFlags(argv);
  } catch (failure) {
    if (failure instanceof CommanderError) return failure.exitCode;
    throw failure;
  }
  // Heard from the beginning: Ctrl-C during the start must stop what has been started, too.
  const asked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const stops: (() => Promise<void>)[] = [];
  try {
    await startAll(flags, stops);
    await asked;
    if (!flags.json) print('\nStopping.');
    return 0;
  } catch (failure) {
    process.stderr.write(`${styleText('red', 'Heliograph cannot start.')} ${reasonOf(failure)}\n`);
    return 1;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function startAll(flags: StartFlags, stops: (() => Promise<void>)[]): Promise<void> {
  const startedAt = performance.now();
  const events = recentEvents(flags.json ? powertoolsLifeLog() : lifeLines(print));
  const page = await startConsoleServer({ port: flags.stack.port, serveEvents: events.serve });
  stops.push(() => page.close());
  const stack = await startLocalStack(flags.stack, { lifeLog: events.lifeLog });
  stops.push(() => stack.close());

  const second = stack.gateways[1]?.url;
  const addresses: StartAddresses = {
    console: page.url,
    ...stack.addresses,
    ...(second === undefined ? {} : { secondGateway: second }),
  };
  const desk = createFaultDesk(stack);
  stops.push(async () => desk.close());
  page.show({ addresses, act: desk.act, environment: stack.environment });
  page.prepare();
  const took = ((performance.now() - startedAt) / 1000).toFixed(1);
  print(flags.json ? JSON.stringify(addresses) : banner(addresses, took));

  if (!flags.demo) return;
  const robots = demoRobots.map((name) =>
    startDemoRobot(addresses, name, (line) =>
      print(
        flags.json ? JSON.stringify({ source: name, message: line }) : styleText('cyan', `${name}  ${line}`),
      ),
    ),
  );
  // At once: each takes its time to say goodbye.
  stops.push(async () => void (await Promise.all(robots.map((robot) => robot.stop()))));
}

function banner(addresses: StartAddresses, took: string): string {
  const line = (name: string, value: string) => `  ${name.padEnd(10)} ${styleText('cyan', value)}`;
  return [
    '',
    `${styleText('bold', 'Heliograph is up')} after ${took} s.`,
    '',
    line('Console', addresses.console),
    line('Gateway', addresses.gateway),
    ...(addresses.secondGateway === undefined ? [] : [line('  second', addresses.secondGateway)]),
    line('Identity', addresses.identity),
    line('DynamoDB', addresses.dynamodb),
    '',
    '  Users      operator-1, operator-2, viewer-1, admin-1, rover-1 …',
    line('Password', seededPassword),
    '',
    `Next: open the console in a browser, or drive rover-1 in another terminal with ${styleText('bold', demoCommand(addresses))}. Ctrl-C stops everything.`,
    '',
  ].join('\n');
}

/** The demo looks at the usual ports; anywhere else it must be told where. */
function demoCommand(addresses: StartAddresses): string {
  const port = new URL(addresses.console).port;
  return port === '4500' ? 'npm run demo' : `npm run demo -- --port ${port}`;
}

function reasonOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
