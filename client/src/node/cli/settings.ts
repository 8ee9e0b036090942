import { type Logger, silentLogger } from '../../environment/logger.ts';
import { type CognitoOptions, cognitoTokens } from '../../tokens/cognito/cognito-tokens.ts';
import type { TokenSource } from '../../tokens/token-source.ts';
import { fileStore } from '../file-store.ts';
import type { Drivers } from './run.ts';

/** What a command must be told, and was not. */
export class SettingMissing extends Error {
  override readonly name = 'SettingMissing';
}

/** What every command may be told, by flag or by environment. */
export type CliFlags = {
  readonly user?: string;
  readonly clientId?: string;
  readonly region?: string;
  readonly identity?: string;
  readonly dataDir?: string;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** By flag: the option and the variable that give it. */
export const settingNames = {
  user: ['--user', 'HELIOGRAPH_USER'],
  clientId: ['--client-id', 'HELIOGRAPH_CLIENT_ID'],
  region: ['--region', 'AWS_REGION'],
  identity: ['--identity', 'HELIOGRAPH_IDENTITY'],
  url: ['--url', 'HELIOGRAPH_URL'],
  exec: ['--exec', 'HELIOGRAPH_EXEC'],
} as const;

/** @throws {SettingMissing} naming both ways to give it. */
export function setting(
  name: keyof typeof settingNames,
  given: string | undefined,
  env: Environment,
): string {
  const [flag, variable] = settingNames[name];
  const value = given ?? env[variable];
  if (value === undefined || value === '') {
    throw new SettingMissing(`Give ${flag}, or set ${variable}.`);
  }
  return value;
}

/** The flags of `run` for a program of each session. */
export type DriverFlags = {
  readonly exec?: string;
  readonly mostSessions: number;
  readonly stopWithin: number;
};

/**
 * What to start for each session: the words after `--`, or a line for the shell; undefined when neither is given.
 *
 * @throws {SettingMissing} for both.
 */
export function driversOf(
  words: readonly string[],
  flags: DriverFlags,
  env: Environment,
): Drivers | undefined {
  const [program, ...args] = words;
  if (program !== undefined && flags.exec !== undefined)
    throw new SettingMissing('Give --exec or a program after `--`, not both.');
  const given = flags.exec ?? env[settingNames.exec[1]];
  const shellLine = given === '' ? undefined : given;
  if (program === undefined && shellLine === undefined) return undefined;
  if (process.platform === 'win32')
    throw new SettingMissing('A program for each session needs the process groups of Linux or macOS.');
  return {
    command: program === undefined ? { shellLine: shellLine ?? '' } : { program, args },
    mostSessions: flags.mostSessions,
    stopWithinMs: flags.stopWithin * 1_000,
    env,
  };
}

export type RobotIdentity = {
  readonly user: string;
  readonly clientId: string;
  readonly endpoint: string;
  readonly store: ReturnType<typeof fileStore>;
};

/** Who the robot is, and where its sign-in is kept. @throws {SettingMissing} */
export function identityOf(flags: CliFlags, env: Environment, logger: Logger = silentLogger): RobotIdentity {
  const user = setting('user', flags.user, env);
  const directory = flags.dataDir;
  const given = flags.identity ?? env.HELIOGRAPH_IDENTITY;
  return {
    user,
    clientId: setting('clientId', flags.clientId, env),
    endpoint: given ?? `https://cognito-idp.${setting('region', flags.region, env)}.amazonaws.com`,
    store: fileStore({ identity: user, logger, ...(directory === undefined ? {} : { directory }) }),
  };
}

/** Tokens of the kept sign-in; by password, too, where there is one. */
export function tokensOf(
  { user, clientId, endpoint, store }: RobotIdentity,
  of: { password: string | undefined; newPassword?: (() => string) | undefined; logger: Logger } & Pick<
    CognitoOptions,
    'refreshTokenLifeMs'
  >,
): TokenSource {
  const { password, newPassword, logger, refreshTokenLifeMs } = of;
  const common = {
    clientId,
    endpoint,
    store,
    logger,
    ...(refreshTokenLifeMs === undefined ? {} : { refreshTokenLifeMs }),
  };
  return password === undefined
    ? cognitoTokens({ ...common, identity: user })
    : cognitoTokens({
        ...common,
        signIn: { userName: user, password, ...(newPassword === undefined ? {} : { newPassword }) },
      });
}
