import { disconnect } from '../commands/disconnect.ts';
import { revoke } from '../commands/revoke.ts';
import { listSessions } from '../commands/sessions.ts';
import { OperationFailed } from '../failure.ts';
import { listRobots } from '../robots/list-robots.ts';
import { createRobot, disableRobot, enrolRobot } from '../robots/robots.ts';
import type { AddCommand } from './main.ts';
import { moment } from './output.ts';

type CreateOptions = { readonly fleet?: string[]; readonly user?: string };

/** Commands on robots, sessions and connections. */
export const addFleetCommands: AddCommand = (program, running) => {
  const robots = program.command('robots').description('the robots of the user pool');
  robots
    .command('create <robot>')
    .description('makes its user; it cannot sign in until it is enrolled')
    .option('--fleet <name...>', 'fleets that it is in')
    .option('--user <user>', 'what its user is called, in a pool where that is not the id, such as an e-mail')
    .action(async (name: string, { fleet: fleets = [], user: userName }: CreateOptions) => {
      const { output, deployment } = running();
      await createRobot(await deployment(), { name, fleets, userName });
      output.result({ robot: name, fleets }, `${name} is made. Next: heliograph robots enrol ${name}`);
    });
  robots
    .command('enrol <robot>')
    .description('makes a code by which it signs in once: heliograph-robot login --code …')
    .action(async (name: string) => {
      const { output, deployment } = running();
      const { code, validForDays } = await enrolRobot(await deployment(), name);
      const how = `Good once, for ${validForDays} days. On the robot:\n\n  heliograph-robot login --code ${code}\n`;
      output.result({ robot: name, code, validForDays }, how);
    });
  robots
    .command('disable <robot>')
    .description('lets it sign in no more, and closes what it has open')
    .action(async (name: string) => {
      const { output, deployment } = running();
      const found = await deployment();
      const user = await disableRobot(found, name);
      output.progress(`${name} cannot sign in any more; closing its connections …`);
      const closed = await revoke(found, user);
      output.result({ robot: name, closed }, `${name} is disabled; connections closed: ${closed}.`);
    });
  robots
    .command('list')
    .description('who is online, away, offline')
    .action(async () => {
      const { output, deployment } = running();
      const rows = await listRobots(await deployment());
      output.rows(
        rows.map(({ signIn, tokenExpiresAt, ...row }) => ({
          ...row,
          'sign-in': signIn,
          'token until': tokenExpiresAt === undefined ? undefined : moment(tokenExpiresAt),
        })),
        [
          'robot',
          ...(rows.some(({ user }) => user !== undefined) ? (['user'] as const) : []),
          ...(['state', 'fleets', 'controlled', 'sign-in', 'token until'] as const),
        ],
        'There are no robots yet: heliograph robots create <name>.',
      );
    });

  program
    .command('sessions')
    .description('sessions between clients and robots')
    .command('list')
    .description('which there are')
    .option('--robot <robot>', 'of this robot only')
    .action(async ({ robot }: { robot?: string }) => {
      const { output, deployment } = running();
      const rows = await listSessions(await deployment(), { robot });
      output.rows(
        rows.map(({ openedAt, hasControl, ...row }) => ({
          ...row,
          control: hasControl,
          opened: moment(openedAt),
        })),
        ['session', 'robot', 'client', 'mode', 'state', 'control', 'opened'],
        'There are no sessions.',
      );
    });

  program
    .command('revoke <user>')
    .description('signs a user or a robot out everywhere, and closes what it has open')
    .action(async (user: string) => {
      const { output, deployment } = running();
      const found = await deployment();
      output.progress('Revoking, and looking twice for what it has open …');
      const closed = await revoke(found, user);
      output.result({ user, closed }, `${user} is signed out everywhere; connections closed: ${closed}.`);
    });

  program
    .command('disconnect [connection]')
    .description('closes a connection, whose holder comes back; to keep it out there is revoke')
    .option('--robot <robot>', 'the one of this robot')
    .action(async (connection: string | undefined, { robot }: { robot?: string }) => {
      const { output, deployment } = running();
      const which = connection === undefined ? robot && { robot } : { connection };
      if (!which || (connection !== undefined && robot !== undefined)) {
        throw new OperationFailed(
          'It is not said which connection.',
          'Give its id, or --robot <robot>; not both.',
        );
      }
      const closed = await disconnect(await deployment(), which);
      output.result({ connection: closed }, `${closed} is closed; its holder was told to come back.`);
    });
};
