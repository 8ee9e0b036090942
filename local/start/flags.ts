import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../stack/duration.ts';
import type { LocalStackOptions } from '../stack/options.ts';

export type StartFlags = {
  readonly stack: LocalStackOptions;
  readonly demo: boolean;
  readonly json: boolean;
};

/**
 * The flags of `npm start`, after `--`. Commander prints help and errors itself.
 *
 * @throws {CommanderError} for help (exit code 0) and for flags that cannot be (exit code 1).
 */
export function parseStartFlags(argv: readonly string[]): StartFlags {
  const command = new Command('npm start --')
    .description(
      'Runs all of Heliograph on this machine: gateway, identity, store, schedule the console and three demo robots.',
    )
    .addOption(duration('--token-ttl <duration>', 'life of access and ID tokens (4h)'))
    .addOption(duration('--grace <duration>', 'how long after expiry a connection may still refresh (60s)'))
    .addOption(
      duration('--resume-window <duration>', 'how long a lost robot may come back to its sessions (120s)'),
    )
    .addOption(duration('--connection-max-age <duration>', 'age at which the gateway cuts a connection (2h)'))
    .addOption(
      duration('--idle-timeout <duration>', 'idle time after which the gateway cuts a connection (10m)'),
    )
    .addOption(duration('--cleanup-every <duration>', 'pause between two cleanups (60s)'))
    .option(
      '--port <port>',
      'port of the console; gateway, identity and DynamoDB at +10, +11, +12',
      port,
      4500,
    )
    .addOption(
      new Option('--regions <count>', 'gateways over the one store').choices(['1', '2']).default('1'),
    )
    .option('--data-dir <dir>', 'keep the tables in this folder (default: in memory)')
    .option('--no-demo', 'without the demo robots')
    .option(
      '--json',
      'addresses as JSON on the first line (npm start --silent -- --json), then a JSON object per log line',
      false,
    )
    .exitOverride()
    .parse([...argv], { from: 'user' });

  const given = command.opts<
    Record<string, number | undefined> & {
      dataDir?: string;
      demo: boolean;
      json: boolean;
      regions: string;
      port: number;
    }
  >();
  const { dataDir, demo, json } = given;
  return {
    demo,
    json,
    stack: {
      port: given.port,
      regions: given.regions === '2' ? 2 : 1,
      ...(dataDir === undefined ? {} : { dataDir }),
      ...milliseconds('tokenTtlMs', given.tokenTtl),
      ...milliseconds('graceMs', given.grace),
      ...milliseconds('resumeWindowMs', given.resumeWindow),
      ...milliseconds('connectionMaxAgeMs', given.connectionMaxAge),
      ...milliseconds('idleTimeoutMs', given.idleTimeout),
      ...milliseconds('cleanupEveryMs', given.cleanupEvery),
    },
  };
}

function milliseconds<Name extends string>(name: Name, value: number | undefined): { [N in Name]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]: number });
}

function duration(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string) => {
    try {
      return parseDuration(text);
    } catch (failure) {
      throw new InvalidArgumentError(failure instanceof Error ? failure.message : String(failure));
    }
  });
}

/** Three more ports follow at +10, +11 and +12, and one at +20. */
const highestPort = 65_535 - 20;

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > highestPort) {
    throw new InvalidArgumentError(`expected a port from 0 (any free ones) to ${highestPort}, not "${text}"`);
  }
  return value;
}
