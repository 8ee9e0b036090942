import { randomBytes } from 'node:crypto';
import { isRecord } from '../../wire/guards.ts';
import { login, type Output } from './commands.ts';
import { type Environment, identityOf, SettingMissing } from './settings.ts';

/** What an enrolment code holds: who the robot is, where it signs in, and the password that works once. */
export type EnrolmentFields = {
  readonly user: string;
  readonly password: string;
  readonly clientId: string;
  /** Address of the signaling server. */
  readonly url: string;
  readonly region?: string;
  /** Where Cognito is, if not on AWS. */
  readonly identity?: string;
  /** How long the refresh token will live. */
  readonly refreshTokenDays?: number;
};

const prefix = 'hg1.';

/** @throws {SettingMissing} for what is no code. The code itself is never repeated: it is a password. */
export function readEnrolmentCode(code: string): EnrolmentFields {
  const fields = code.startsWith(prefix) ? parse(code.slice(prefix.length)) : undefined;
  if (fields === undefined) {
    throw new SettingMissing(
      'This is no enrolment code: copy the whole of what `heliograph robots enrol` printed.',
    );
  }
  return fields;
}

function parse(text: string): EnrolmentFields | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!isRecord(value)) return undefined;
    const { user, password, clientId, url, region, identity, refreshTokenDays } = value;
    if (!isText(user) || !isText(password) || !isText(clientId) || !isText(url)) return undefined;
    if (!isText(region) && !isText(identity)) return undefined;
    return {
      ...{ user, password, clientId, url },
      ...(isText(region) && { region }),
      ...(isText(identity) && { identity }),
      ...(typeof refreshTokenDays === 'number' && { refreshTokenDays }),
    };
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Known to nobody, and kept by nobody: the robot lives by its refresh token. */
function unknownPassword(): string {
  return `${randomBytes(24).toString('base64url')}-aA1!`;
}

/** Signs in by a code, which works once: its password is replaced by one that nobody knows. Gives the exit code. */
export async function loginByCode(
  code: string,
  of: {
    readonly dataDir: string | undefined;
    readonly refreshTokenDays: number | undefined;
    readonly env: Environment;
    readonly output: Output;
  },
): Promise<number> {
  const { user, password, clientId, url, region, identity, refreshTokenDays } = readEnrolmentCode(code);
  const where = identity === undefined ? { region: region ?? '' } : { identity };
  const dataDir = of.dataDir === undefined ? {} : { dataDir: of.dataDir };
  const robot = identityOf({ user, clientId, ...where, ...dataDir }, of.env, of.output);
  const done = await login(robot, {
    password,
    newPassword: unknownPassword,
    refreshTokenDays: of.refreshTokenDays ?? refreshTokenDays,
    output: of.output,
  });
  const flags = identity === undefined ? `--region ${region}` : `--identity ${identity}`;
  of.output.say(
    `From now on: heliograph-robot --user ${user} --client-id ${clientId} ${flags} run --url ${url}`,
  );
  return done;
}
