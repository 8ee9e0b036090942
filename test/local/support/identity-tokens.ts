import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import * as z from 'zod';
import type { LocalIdentity } from '../../../local/identity/identity.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Who signs: the identity's own key, any RSA key, a shared secret (HS256), or nobody (alg none). */
export type TestSigner =
  | { identity: LocalIdentity }
  | { privateKey: KeyObject }
  | { secret: string }
  | { unsigned: true };

/**
 * A JWT with exactly these claims and a signature that fits the signer, for tests of what must be refused. `header`
 * is laid over a fitting one (`alg`, and the identity's `kid` when it signs); a value of `undefined` leaves a field out.
 */
export function signWith(request: TestSigner & { claims: Claims; header?: Claims }): string {
  const { claims, header } = request;
  if ('identity' in request) return request.identity.sign(claims, header);
  if ('privateKey' in request) {
    const content = contentOf({ alg: 'RS256', kid: 'another', ...header }, claims);
    return `${content}.${sign('sha256', Buffer.from(content), request.privateKey).toString('base64url')}`;
  }
  if ('secret' in request) {
    const content = contentOf({ alg: 'HS256', ...header }, claims);
    return `${content}.${createHmac('sha256', request.secret).update(content).digest('base64url')}`;
  }
  return `${contentOf({ alg: 'none', ...header }, claims)}.`;
}

/** Claims of an access token as Cognito's; `overrides` replace, and `undefined` removes. */
export function accessTokenClaims(
  identity: LocalIdentity,
  token: {
    userName: string;
    groups?: readonly string[];
    clientId?: string;
    nowMs?: number;
    lifeMs?: number;
    overrides?: Claims;
  },
): Claims {
  const iat = Math.floor((token.nowMs ?? Date.now()) / 1000);
  return {
    sub: randomUUID(),
    'cognito:groups': token.groups ?? [],
    iss: identity.issuer,
    client_id: token.clientId ?? identity.clientIds.people,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    auth_time: iat,
    exp: iat + (token.lifeMs ?? 3_600_000) / 1000,
    iat,
    jti: randomUUID(),
    username: token.userName,
    ...token.overrides,
  };
}

/** An RSA key that the identity has never seen. */
export function strangerKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

const publishedKeys = z.object({
  keys: z.array(z.object({ kid: z.string(), kty: z.string(), n: z.string(), e: z.string() })),
});

export async function fetchJwks(identity: LocalIdentity): Promise<z.output<typeof publishedKeys>> {
  const response = await fetch(identity.jwksUri);
  return publishedKeys.parse(await response.json());
}

/** The public key that verifies `token`, as PEM: what an HS256 confusion attack uses as its secret. */
export async function publicKeyPem(identity: LocalIdentity, kid: string): Promise<string> {
  const jwk = (await fetchJwks(identity)).keys.find((key) => key.kid === kid);
  if (jwk === undefined) throw new Error(`The JWKS has no key ${kid}.`);
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}

/** The verifier of production, except that the JWKS comes from where it really is (its own fetcher refuses http). */
export function verifierFor(
  identity: LocalIdentity,
  expected: { clientId: string | readonly string[]; tokenUse: 'access' | 'id' },
) {
  const fetcher = { fetch: async () => (await fetch(identity.jwksUri)).arrayBuffer() };
  return CognitoJwtVerifier.create(
    {
      userPoolId: identity.userPoolId,
      tokenUse: expected.tokenUse,
      clientId: typeof expected.clientId === 'string' ? expected.clientId : [...expected.clientId],
    },
    { jwksCache: new SimpleJwksCache({ fetcher }) },
  );
}

function contentOf(header: Claims, claims: Claims): string {
  const part = (value: Claims) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}`;
}
