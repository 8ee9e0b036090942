import { Command, CommanderError } from 'commander';
import type { Environment } from '../../functions/runtime/settings.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { locate } from '../deployment/locate.ts';
import { OperationFailed } from '../failure.ts';
import { addDoctor } from './doctor-command.ts';
import { addFleetCommands } from './fleet-commands.ts';
import { type Output, outputTo, type Streams } from './output.ts';
import { addTail } from './tail-command.ts';

export type Called = {
  readonly env: Environment;
  readonly streams: Streams;
  /** Ends what goes on for ever. */
  readonly stop: AbortSignal;
  readonly now: () => number;
};

/** What each command is given when it runs. */
export type Running = Called & {
  readonly output: Output;
  /** Finds the deployment. @throws {OperationFailed} */
  deployment(): Promise<Deployment>;
  /** The exit code, if it is not to be 0. */
  end(code: number): void;
};

export type AddCommand = (program: Command, running: () => Running) => void;

/** Runs one command line. Gives the exit code: 0 done, 1 faults found or not to be done now, 2 called wrongly. */
export async function main(argv: readonly string[], called: Called): Promise<number> {
  const { streams, env } = called;
  let code = 0;
  const program = new Command('heliograph')
    .description(
      'Operates a Heliograph, on AWS or on the local stack, whichever the AWS environment points at.',
    )
    .option('--stage <name>', 'stage of the deployment (HELIOGRAPH_STAGE)', env.HELIOGRAPH_STAGE ?? 'dev')
    .option('--json', 'JSON instead of tables', false)
    .addHelpText(
      'after',
      `
Environment: AWS_PROFILE, AWS_REGION and their like choose the account; AWS_ENDPOINT_URL=http://127.0.0.1:4500
chooses the local stack (the first address that npm start prints), or an emulator.
Exit codes: 0 done, 1 faults found or not to be done now, 2 called wrongly.`,
    )
    .exitOverride()
    .configureOutput({ writeOut: streams.out, writeErr: streams.err });

  const running = (): Running => {
    const { json, stage } = program.opts<{ json: boolean; stage: string }>();
    return {
      ...called,
      output: outputTo(streams, { json }),
      deployment: () => locate({ stage, env }),
      end: (given) => {
        code = given;
      },
    };
  };
  for (const add of [addDoctor, addFleetCommands, addTail]) add(program, running);
  inherit(program);

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (failure) {
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? 0 : 2;
    if (!(failure instanceof OperationFailed)) throw failure;
    running().output.failure(failure.message, failure.remedy);
    return 1;
  }
}

/** `exitOverride` and the streams are not handed on to commands below by themselves. */
function inherit(command: Command): void {
  for (const below of command.commands) {
    below.copyInheritedSettings(command);
    inherit(below);
  }
}
