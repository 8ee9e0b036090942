import { createInterface } from 'node:readline/promises';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { TokenUnavailable } from '../../tokens/token-source.ts';
import { login, logout, type Output, refresh, status } from './commands.ts';
import { loginByCode } from './enrolment.ts';
import { exitCodes } from './exit-codes.ts';
import { run } from './run.ts';
import {
  type CliFlags,
  type DriverFlags,
  driversOf,
  identityOf,
  SettingMissing,
  setting,
} from './settings.ts';

const output: Output = {
  say: (line) => void process.stdout.write(`${line}\n`),
  info: (line) => void process.stderr.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
};

/** Runs one command line. Gives one of the `exitCodes`. */
export async function main(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  let code: number = exitCodes.done;
  const password = env.HELIOGRAPH_PASSWORD;
  const program = new Command('heliograph-robot')
    .description('A robot’s sign-in and connection. Flags may be given by environment, the password only so.')
    .option('--user <name>', 'the robot’s Cognito user (HELIOGRAPH_USER)')
    .option('--client-id <id>', 'app client of the robots (HELIOGRAPH_CLIENT_ID)')
    .option('--region <name>', 'AWS region of the user pool (AWS_REGION)')
    .option('--identity <url>', 'where Cognito is, if not on AWS (HELIOGRAPH_IDENTITY)')
    .option('--data-dir <path>', 'where the sign-in is kept (HELIOGRAPH_DATA_DIR)')
    .addHelpText(
      'after',
      '\nExit codes: 0 done or stopped, 1 it cannot be done now, 2 it was called wrongly.',
    )
    .exitOverride();
  const robot = () => identityOf(program.opts<CliFlags>(), env, output);

  program
    .command('login')
    .description('signs in by password (HELIOGRAPH_PASSWORD, or asked for), or once by an enrolment code')
    .option('--code <code>', 'what `heliograph robots enrol` has printed (HELIOGRAPH_CODE)')
    .option(
      '--refresh-token-days <days>',
      'how long refresh tokens of this app client live, to be warned in time',
      above0,
    )
    .action(async ({ refreshTokenDays, code: given }: { refreshTokenDays?: number; code?: string }) => {
      const enrolmentCode = given ?? env.HELIOGRAPH_CODE;
      if (enrolmentCode !== undefined) {
        const { dataDir } = program.opts<CliFlags>();
        code = await loginByCode(enrolmentCode, { dataDir, refreshTokenDays, env, output });
        return;
      }
      const who = robot();
      code = await login(who, {
        password: password ?? (await askPassword(who.user)),
        refreshTokenDays,
        output,
      });
    });
  program
    .command('status')
    .description('tells what is kept')
    .action(async () => {
      code = await status(robot(), output);
    });
  program
    .command('refresh')
    .description('renews the token when it nears its end')
    .option('--force', 'in any case')
    .action(async ({ force = false }: { force?: boolean }) => {
      code = await refresh(robot(), { force, password, output });
    });
  program
    .command('run')
    .description(
      'keeps the robot online; JSON lines on standard input and output, or a program for each session',
    )
    .usage('[options] [-- program [arguments...]]')
    .argument(
      '[program...]',
      'started for each session, after `--`: its lines are on its own input and output',
    )
    .option('--url <url>', 'address of the signaling server (HELIOGRAPH_URL)')
    .option('--exec <command>', 'the same by the shell (HELIOGRAPH_EXEC)')
    .option('--most-sessions <number>', 'programs at once; more sessions are refused as busy', above0, 8)
    .option(
      '--stop-within <seconds>',
      'from SIGTERM to SIGKILL of a program whose session has ended',
      above0,
      5,
    )
    .action(async (words: string[], { url, ...flags }: { url?: string } & DriverFlags) => {
      const stop = new AbortController();
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
      const drivers = driversOf(words, flags, env);
      const common = { password, input: process.stdin, stop: stop.signal, output, drivers };
      code = await run(robot(), { url: setting('url', url, env), ...common });
    });
  program
    .command('logout')
    .description('revokes the refresh token and forgets the sign-in')
    .action(async () => {
      code = await logout(robot(), output);
    });

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (failure) {
    if (failure instanceof CommanderError)
      return failure.exitCode === 0 ? exitCodes.done : exitCodes.calledWrongly;
    if (!(failure instanceof SettingMissing) && !(failure instanceof TokenUnavailable)) throw failure;
    output.warn(failure.message);
    return failure instanceof SettingMissing ? exitCodes.calledWrongly : exitCodes.failed;
  }
}

function above0(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

async function askPassword(user: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new SettingMissing('Set HELIOGRAPH_PASSWORD, or call this from a terminal.');
  process.stderr.write(`Password of ${user}: `);
  const reader = createInterface({ input: process.stdin, terminal: true });
  try {
    return await reader.question('');
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}
