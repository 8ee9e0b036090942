import { Command, InvalidArgumentError } from 'commander';

export type OperatorFlags = {
  readonly robot: string;
  readonly user: string;
  readonly port: number;
  /** File or address; absent: the local stack at `port`. */
  readonly target?: string;
  /** Absent: until Ctrl-C. */
  readonly seconds?: number;
  readonly json: boolean;
};

/**
 * The flags of `npm run demo`, after `--`.
 *
 * @throws {CommanderError} for help (exit code 0) and for flags that cannot be (exit code 1).
 */
export function parseOperatorFlags(argv: readonly string[]): OperatorFlags {
  return new Command('npm run demo --')
    .description('Signs in, opens a session with a robot over WebRTC, shows each step, then drives it.')
    .option('--robot <id>', 'the robot', 'rover-1')
    .option(
      '--user <name>',
      'who signs in; the password is HELIOGRAPH_PASSWORD, else the seeded one',
      'operator-1',
    )
    .option('--port <port>', 'first port of the local stack, as given to npm start', whole(65_525), 4500)
    .option('--target <file-or-url>', 'holds the first line of `npm start -- --json`; instead of --port')
    .option('--seconds <n>', 'drive for so long, then stop', whole(86_400))
    .option('--json', 'one JSON object per line', false)
    .exitOverride()
    .parse([...argv], { from: 'user' })
    .opts<OperatorFlags>();
}

function whole(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value > 0 && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from 1 to ${most}, not "${text}"`);
  };
}
