import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { type Answer, answering, type LoopbackServer, loopbackServer } from './loopback-server.ts';

export const userPoolId = 'eu-central-1_TestPool1';
export const issuer = `https://cognito-idp.eu-central-1.amazonaws.com/${userPoolId}`;
export const clientId = 'people-client';

export type SigningKey = {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
};

export function signingKey(keyId: string): SigningKey {
  return { keyId, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

/** As Cognito publishes it. */
export function publicJwk({ keyId, publicKey }: SigningKey): Record<string, unknown> {
  return { ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'RS256', use: 'sig' };
}

export type JwksServer = LoopbackServer & {
  readonly jwksUri: string;
  publish(...keys: readonly SigningKey[]): void;
  answer(answer: Answer): void;
};

export async function jwksServer(...keys: readonly SigningKey[]): Promise<JwksServer> {
  let answer: Answer;
  const publish = (...published: readonly SigningKey[]) => {
    const body = JSON.stringify({ keys: published.map(publicJwk) });
    answer = answering(200, { 'content-type': 'application/json' }, body);
  };
  publish(...keys);
  const server = await loopbackServer(() => answer);
  return {
    ...server,
    jwksUri: `${server.url}/${userPoolId}/.well-known/jwks.json`,
    publish,
    answer: (given) => {
      answer = given;
    },
  };
}

export const sub = '0f0e9f2c-7a52-4c8e-8a8f-1d3c5b7a9e11';

/** Claims as Cognito puts them into an access token. Times in Unix seconds. */
export function accessClaims(at: { issued: number; expires: number }): JWTPayload {
  return {
    sub,
    iss: issuer,
    client_id: clientId,
    origin_jti: 'origin-1',
    event_id: 'event-1',
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    auth_time: at.issued,
    iat: at.issued,
    exp: at.expires,
    jti: 'jti-1',
    username: 'operator-1',
    'cognito:groups': ['operators', 'fleet:demo'],
  };
}

/** Claims as Cognito puts them into an ID token. */
export function idClaims(at: { issued: number; expires: number }): JWTPayload {
  const { client_id, username, scope, ...shared } = accessClaims(at);
  return { ...shared, token_use: 'id', aud: clientId, 'cognito:username': username, email: 'o@example.com' };
}

export function sign(
  claims: JWTPayload,
  by: SigningKey,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: by.keyId, ...header })
    .sign(by.privateKey);
}

/** A token put together by hand, for what no library would sign. */
export function forge(header: unknown, claims: unknown, signature: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}
