import { createHash, generateKeyPair, type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod';

export type TokenUse = 'access' | 'id';
export type Claims = Readonly<Record<string, unknown>>;
export type PublicJwk = { kid: string; alg: 'RS256'; use: 'sig'; kty: string; n: string; e: string };

export type SigningKeys = {
  /** Always RS256 with the current key of that use; `header` is laid over `{kid, alg}`. */
  sign(token: { use: TokenUse; claims: Claims; header?: Claims }): string;
  /** The claims, when one of these keys (old ones included) signed the token. Judges nothing else. */
  verifiedClaims(token: string): Claims | undefined;
  jwks(): { keys: readonly PublicJwk[] };
  /** New keys sign from now on; the old ones stay published, so that their tokens live out their lives. */
  rotate(): Promise<readonly string[]>;
};

type SigningKey = { privateKey: KeyObject; publicKey: KeyObject; jwk: PublicJwk };

const generateRsaPair = promisify(generateKeyPair);
const jsonObject = z.record(z.string(), z.unknown());
const rsaJwk = z.object({ kty: z.string(), n: z.string(), e: z.string() });

async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateRsaPair('rsa', { modulusLength: 2048 });
  const { kty, n, e } = rsaJwk.parse(publicKey.export({ format: 'jwk' }));
  const kid = createHash('sha256').update(n).digest('base64');
  return { privateKey, publicKey, jwk: { kid, alg: 'RS256', use: 'sig', kty, n, e } };
}

// Cognito signs access and ID tokens with different keys, and publishes both; a client that pins the first key of
// the set must fail here too. https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
async function generateBoth(): Promise<Record<TokenUse, SigningKey>> {
  const [id, access] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  return { id, access };
}

export async function createSigningKeys(): Promise<SigningKeys> {
  let current = await generateBoth();
  let published: readonly SigningKey[] = [current.id, current.access];

  return {
    sign({ use, claims, header }) {
      const { privateKey, jwk } = current[use];
      const content = `${encodeJson({ kid: jwk.kid, alg: jwk.alg, ...header })}.${encodeJson(claims)}`;
      return `${content}.${sign('sha256', Buffer.from(content), privateKey).toString('base64url')}`;
    },
    verifiedClaims(token) {
      const [header, payload, signature, ...rest] = token.split('.');
      if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return;
      const { kid, alg } = decodeJson(header) ?? {};
      const key = published.find((candidate) => candidate.jwk.kid === kid);
      if (key === undefined || alg !== 'RS256') return;
      const content = Buffer.from(`${header}.${payload}`);
      if (!verify('sha256', content, key.publicKey, Buffer.from(signature, 'base64url'))) return;
      return decodeJson(payload);
    },
    jwks: () => ({ keys: published.map((key) => key.jwk) }),
    async rotate() {
      const next = await generateBoth();
      current = next;
      published = [next.id, next.access, ...published];
      return [next.id.jwk.kid, next.access.jwk.kid];
    },
  };
}

function encodeJson(value: Claims): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decodeJson(part: string): Claims | undefined {
  try {
    return jsonObject.safeParse(JSON.parse(Buffer.from(part, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}
