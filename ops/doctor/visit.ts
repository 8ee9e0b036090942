import { InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { clientsOf } from '../deployment/clients.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { explained } from '../failure.ts';
import { decodeJwt } from './jwt-claims.ts';
import type { Handshake, Visit } from './setup.ts';

export type Visitor = { readonly user: string; readonly password: string };

const patienceMs = 10_000;

/** A handshake without a token: how it is refused tells whether the way is open. */
export function emptyHandshake(url: string): Promise<Handshake> {
  return openSocket(url, undefined).then(({ handshake, socket }) => {
    socket?.terminate();
    return handshake;
  });
}

/**
 * Signs in as the user, connects, and leaves. A person says `hello` and `bye`; a robot only `ping`, since
 * its `hello` would take it over from the device that it is on.
 */
export async function visitAs(deployment: Deployment, visitor: Visitor): Promise<Visit> {
  const startedAt = performance.now();
  const signedIn = await signIn(deployment, visitor);
  if ('why' in signedIn) return { signIn: 'refused', why: signedIn.why };
  const { token, lifeMs, isRobot } = signedIn;
  const { handshake, socket } = await openSocket(deployment.gateway, token);
  const answer = socket && (await exchange(socket, isRobot));
  const tookMs = Math.round(performance.now() - startedAt);
  return { signIn: 'done', lifeMs, handshake, answer, tookMs };
}

type SignedIn = { readonly token: string; readonly lifeMs: number; readonly isRobot: boolean };

/** Tokens of either app client will do: a robot signs in by its own. */
export async function signIn(
  deployment: Deployment,
  { user, password }: Visitor,
): Promise<SignedIn | { readonly why: string }> {
  try {
    const answer = await clientsOf(deployment)
      .cognito()
      .send(
        new InitiateAuthCommand({
          AuthFlow: 'USER_PASSWORD_AUTH',
          ClientId: deployment.clientIds.people,
          AuthParameters: { USERNAME: user, PASSWORD: password },
        }),
      );
    const token = answer.AuthenticationResult?.AccessToken;
    if (token === undefined) return { why: answer.ChallengeName ?? 'no token was given' };
    const { iat, exp, groups } = decodeJwt(token);
    return { token, lifeMs: (exp - iat) * 1_000, isRobot: groups.includes('robots') };
  } catch (failure) {
    const name = failure instanceof Error ? failure.name : 'Unknown';
    if (/NotAuthorized|UserNotFound|PasswordReset|UserNotConfirmed|InvalidParameter/.test(name))
      return { why: name };
    throw explained({ action: 'cognito-idp:InitiateAuth', endpoint: deployment.identity }, failure);
  }
}

export function openSocket(
  url: string,
  token: string | undefined,
): Promise<{ readonly handshake: Handshake; readonly socket?: WebSocket }> {
  return new Promise((resolve) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, { headers, handshakeTimeout: patienceMs, perMessageDeflate: false });
    socket.on('open', () => resolve({ handshake: { status: 101 }, socket }));
    socket.on('unexpected-response', (request, response) => {
      resolve({ handshake: { status: response.statusCode ?? 0 } });
      request.destroy();
      socket.terminate();
    });
    // Its text may quote the request; its code may not.
    socket.on('error', (failure) => {
      const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : 'no answer';
      resolve({ handshake: { unreachable: code } });
    });
  });
}

const answerSchema = z.object({ type: z.string() });

function exchange(socket: WebSocket, isRobot: boolean): Promise<string | undefined> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => leave(undefined), patienceMs);
    const leave = (answer: string | undefined): void => {
      clearTimeout(patience);
      if (!isRobot && answer !== undefined) socket.send(JSON.stringify({ action: 'bye' }));
      socket.close();
      resolve(answer);
    };
    socket.on('message', (data) => {
      const parsed = answerSchema.safeParse(JSON.parse(String(data)));
      leave(parsed.success ? parsed.data.type : 'an answer that is not ours');
    });
    socket.on('close', () => leave(undefined));
    socket.send(
      JSON.stringify(
        isRobot ? { action: 'ping' } : { action: 'hello', protocol: 1, agent: 'heliograph doctor' },
      ),
    );
  });
}
