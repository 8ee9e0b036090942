import { rm } from 'node:fs/promises';
import { systemClock } from '../../environment/clock.ts';
import type { Logger } from '../../environment/logger.ts';
import { callCognito } from '../../tokens/cognito/cognito-call.ts';
import { durationInWords } from '../../tokens/cognito/duration-in-words.ts';
import { exitCodes } from './exit-codes.ts';
import type { RobotIdentity } from './settings.ts';
import { tokensOf } from './settings.ts';

export type Output = Logger & { say(line: string): void };

/** Renew when less than a fifth of the life is left. */
const renewBelow = 0.2;
const dayMs = 86_400_000;

/** Signs in by password and keeps the sign-in. Gives the exit code, as all commands do. */
export async function login(
  robot: RobotIdentity,
  of: {
    password: string;
    /** Asked when the password works once only. */
    newPassword?: () => string;
    refreshTokenDays: number | undefined;
    output: Output;
  },
): Promise<number> {
  // By password, not by what is kept: that is what was asked for. What is kept stays until it has worked.
  const store = { ...robot.store, load: async () => undefined };
  const refreshTokenLifeMs =
    of.refreshTokenDays === undefined ? {} : { refreshTokenLifeMs: of.refreshTokenDays * dayMs };
  await tokensOf(
    { ...robot, store },
    { password: of.password, newPassword: of.newPassword, logger: of.output, ...refreshTokenLifeMs },
  ).token();
  of.output.say(`Signed in as ${robot.user}; kept in ${robot.store.path}`);
  return exitCodes.done;
}

/** Tells what is kept. It has failed when the robot could not start from it without signing in. */
export async function status(robot: RobotIdentity, output: Output): Promise<number> {
  const kept = await robot.store.load();
  if (kept === undefined) {
    output.say(`${robot.user} is not signed in here: heliograph-robot login`);
    return exitCodes.failed;
  }
  const leftMs = kept.expiresAt - Date.now();
  output.say(`${robot.user}: token ${leftMs > 0 ? `expires in ${durationInWords(leftMs)}` : 'has run out'}`);
  output.say(
    kept.refreshToken === undefined ? 'no refresh token' : `refresh token ${endOf(kept.refreshTokenEndsAt)}`,
  );
  output.say(`saved at ${new Date(kept.savedAt).toISOString()} in ${robot.store.path}`);
  return leftMs > 0 || kept.refreshToken !== undefined ? exitCodes.done : exitCodes.failed;
}

function endOf(endsAt: number | undefined): string {
  return endsAt === undefined
    ? 'kept; its end is not known'
    : `ends in ${durationInWords(endsAt - Date.now())}`;
}

/** Renews the token when it nears its end, or in any case with `force`. */
export async function refresh(
  robot: RobotIdentity,
  of: { force: boolean; password: string | undefined; output: Output },
): Promise<number> {
  const kept = await robot.store.load();
  const isFresh =
    kept !== undefined && kept.expiresAt - Date.now() > (kept.expiresAt - kept.savedAt) * renewBelow;
  if (isFresh && !of.force) {
    of.output.say('The token is fresh; --force renews it all the same.');
    return exitCodes.done;
  }
  const { renew } = tokensOf(robot, { password: of.password, logger: of.output });
  const { expiresAt = 0 } = (await renew?.()) ?? {};
  of.output.say(`Renewed; expires in ${durationInWords(expiresAt - Date.now())}`);
  return exitCodes.done;
}

/** Revokes the refresh token at Cognito, and forgets it here even when Cognito cannot be reached. */
export async function logout(robot: RobotIdentity, output: Output): Promise<number> {
  const { refreshToken } = (await robot.store.load()) ?? {};
  try {
    if (refreshToken !== undefined) {
      const { endpoint: url, clientId } = robot;
      const endpoint = {
        url,
        clientId,
        clock: systemClock,
        fetch: (to: string, request: RequestInit) => fetch(to, request),
      };
      await callCognito(endpoint, 'RevokeToken', { ClientId: clientId, Token: refreshToken });
    }
    output.say(`${robot.user} is signed out.`);
    return exitCodes.done;
  } catch (failure) {
    output.warn(failure instanceof Error ? failure.message : 'Cognito failed.');
    output.say(`${robot.user} is signed out here; the refresh token could not be revoked.`);
    return exitCodes.failed;
  } finally {
    await rm(robot.store.path, { force: true });
  }
}
