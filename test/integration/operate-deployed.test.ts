import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { describe, expect, it } from 'vitest';
import { main } from '../../ops/cli/main.ts';
import { locate } from '../../ops/deployment/locate.ts';
import { localOnly } from './support/emulator.ts';
import { enterAs } from './support/raw-client.ts';
import { target } from './support/target.ts';

/** The command on stacks that are deployed, which it finds by CloudFormation alone. On the local stack `operate.test.ts` shows it. */
describe.skipIf(!localOnly)('[deployed-only] heliograph, on what is deployed', () => {
  async function heliograph(...args: string[]) {
    const { stage = '' } = await target();
    const written = { out: '', err: '' };
    const code = await main(['--stage', stage, ...args], {
      // A stage that is asked for by name is not the stack that the construct is in.
      env: args.includes('--stage') ? { ...process.env, HELIOGRAPH_STACK: '' } : process.env,
      streams: {
        out: (text) => {
          written.out += text;
        },
        err: (text) => {
          written.err += text;
        },
        colours: false,
      },
      stop: new AbortController().signal,
      now: () => Date.now(),
    });
    return { code, ...written };
  }

  it('doctor finds everything in order', async () => {
    const { code, out } = await heliograph('doctor');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('All in order') });
    for (const said of [
      'Tokens live as the policy says: 4 h, refresh 365 days.',
      'All 5 are active.',
      'All 17 routes',
      'Calls the cleanup, rate(1 minute), enabled.',
    ]) {
      expect(out).toContain(said);
    }
  });

  it('doctor finds the schedule that somebody has disabled', async () => {
    const { stage = '' } = await target();
    const { managed } = await locate({ stage, env: process.env });
    const scheduler = new SchedulerClient({});
    const Name = managed?.scheduleName;
    const { ScheduleExpression, Target, FlexibleTimeWindow } = await scheduler.send(
      new GetScheduleCommand({ Name }),
    );
    const as = (State: 'ENABLED' | 'DISABLED') =>
      scheduler.send(
        new UpdateScheduleCommand({ Name, ScheduleExpression, Target, FlexibleTimeWindow, State }),
      );
    await as('DISABLED');
    try {
      const { code, out } = await heliograph('doctor');
      expect(code).toBe(1);
      expect(out).toContain('The schedule is disabled: the cleanup never runs.');
    } finally {
      await as('ENABLED');
    }
    expect((await heliograph('doctor')).code).toBe(0);
  });

  it('F1: doctor finds the life that somebody has set to hours', async () => {
    const { userPoolId: UserPoolId, clientIds } = await target();
    const cognito = new CognitoIdentityProviderClient({});
    const of = { UserPoolId, ClientId: clientIds.robots };
    const { UserPoolClient } = await cognito.send(new DescribeUserPoolClientCommand(of));
    const {
      ExplicitAuthFlows,
      AccessTokenValidity,
      IdTokenValidity,
      RefreshTokenValidity,
      TokenValidityUnits,
    } = UserPoolClient ?? {};
    const was = {
      ExplicitAuthFlows,
      AccessTokenValidity,
      IdTokenValidity,
      RefreshTokenValidity,
      TokenValidityUnits,
      EnableTokenRevocation: true,
    };
    const units = { ...TokenValidityUnits, AccessToken: 'hours' as const };
    await cognito.send(
      new UpdateUserPoolClientCommand({ ...of, ...was, AccessTokenValidity: 8, TokenValidityUnits: units }),
    );
    try {
      const { code, out } = await heliograph('doctor');
      expect(code).toBe(1);
      expect(out).toContain('Access tokens live 8 h, the policy says 4 h: it is set to 8 hours.');
    } finally {
      await cognito.send(new UpdateUserPoolClientCommand({ ...of, ...was }));
    }
  });

  it('lists robots and sessions, disconnects, revokes by the function, and tells of it in the log', async () => {
    const where = await target();
    const { client, welcome } = await enterAs(where, 'rover-2');
    const robots = await heliograph('--json', 'robots', 'list');
    expect(JSON.parse(robots.out)).toContainEqual(
      expect.objectContaining({ robot: 'rover-2', state: 'online' }),
    );
    expect(await heliograph('--json', 'sessions', 'list', '--robot', 'rover-2')).toMatchObject({
      code: 0,
      out: '[]\n',
    });
    expect(await heliograph('--json', 'revoke', 'rover-2')).toMatchObject({
      code: 0,
      out: expect.stringContaining('"closed":1'),
    });
    await expect
      .poll(
        async () =>
          (await heliograph('tail', '--no-follow', '--since', '10m', '--connection', welcome.connectionId))
            .out,
        { timeout: 20_000, interval: 1_000 },
      )
      .toMatch(/disconnected .*how=revoked/);
    client.socket.terminate();
  });

  it('a stage that is not there is said so', async () => {
    const { code, err } = await heliograph('--stage', 'nowhere', 'doctor');
    expect(code).toBe(1);
    expect(err).toContain('There is no Heliograph of the stage nowhere');
  });
});
