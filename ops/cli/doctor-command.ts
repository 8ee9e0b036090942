import { InvalidArgumentError } from 'commander';
import type { Environment } from '../../functions/runtime/settings.ts';
import { examine, hasFaults } from '../doctor/doctor.ts';
import { liveSetup, requireSettings } from '../doctor/live-setup.ts';
import { probe } from '../doctor/probe.ts';
import type { Visitor } from '../doctor/visit.ts';
import { OperationFailed } from '../failure.ts';
import { reportFindings, reportProbe } from './doctor-report.ts';
import type { AddCommand, Running } from './main.ts';

const minuteMs = 60_000;

type Flags = { readonly probe?: boolean; readonly idleMinutes: number };

export const addDoctor: AddCommand = (program, running) => {
  program
    .command('doctor')
    .description(
      'looks at the deployment: app clients, groups, tables, stage, schedule, clock, keys, a connect',
    )
    .option(
      '--probe',
      'settles what AWS does not document; takes 12 minutes, and a person in HELIOGRAPH_USER',
    )
    .option('--idle-minutes <n>', 'idle limit that the probe waits for', minutes, 10)
    .addHelpText(
      'after',
      '\nWith HELIOGRAPH_USER and HELIOGRAPH_PASSWORD it signs in and connects for real. Else it only reads.',
    )
    .action((flags: Flags) => (flags.probe === true ? runProbe(running(), flags) : runDoctor(running())));
};

async function runDoctor({ output, deployment, env, now, end }: Running): Promise<void> {
  const found = await deployment();
  requireSettings(found);
  const setup = liveSetup({ deployment: found, visitor: visitorFrom(env), now });
  const findings = await examine(setup, (what) => output.progress(`Looking at ${what} …`));
  reportFindings(output, found.title, findings);
  if (hasFaults(findings)) end(1);
}

async function runProbe({ output, deployment, env }: Running, { idleMinutes }: Flags): Promise<void> {
  const visitor = visitorFrom(env);
  if (visitor === undefined) {
    throw new OperationFailed(
      'The probe connects, and has no user to connect as.',
      'Set HELIOGRAPH_USER and HELIOGRAPH_PASSWORD to those of an operator or a viewer.',
    );
  }
  const found = await deployment();
  const answers = await probe({
    deployment: found,
    visitor,
    idleMs: idleMinutes * minuteMs,
    onProgress: (what) => output.progress(`${what} …`),
  });
  reportProbe(output, answers);
}

function visitorFrom({
  HELIOGRAPH_USER: user,
  HELIOGRAPH_PASSWORD: password,
}: Environment): Visitor | undefined {
  return user === undefined || password === undefined ? undefined : { user, password };
}

function minutes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 120)) throw new InvalidArgumentError('Give a number of minutes, up to 120.');
  return value;
}
