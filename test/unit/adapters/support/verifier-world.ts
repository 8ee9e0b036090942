import type { JWTPayload } from 'jose';
import {
  cognitoTokenVerifier,
  type TokenVerifierOptions,
} from '../../../../functions/adapters/cognito/token-verifier.ts';
import {
  accessClaims,
  clientId,
  type JwksServer,
  jwksServer,
  sign,
  signingKey,
  userPoolId,
} from './token-issuer.ts';

/** Unix seconds. Long ago for the machine's clock: whatever passes at these times passes by the given clock. */
export const start = Date.UTC(2020, 0, 1) / 1000;
export const times = { issued: start, expires: start + 3600 };
export const leewayMs = 30_000;

export const current = signingKey('current');
export const rotated = signingKey('rotated');
export const stranger = signingKey('stranger');

export const invalid = { ok: false, reason: 'invalid' };
export const expired = { ok: false, reason: 'expired' };
export const unavailable = { ok: false, reason: 'unavailable' };

export const access = (change: JWTPayload = {}) => ({ ...accessClaims(times), ...change });

/** A clock that stands still until it is set, a JWKS that holds `current`, and verifiers that use both. */
export type VerifierWorld = Awaited<ReturnType<typeof verifierWorld>>;

export async function verifierWorld() {
  const jwks: JwksServer = await jwksServer(current);
  const time = { now: (start + 60) * 1000 };
  const verifierWith = (options: Partial<TokenVerifierOptions> = {}) =>
    cognitoTokenVerifier({
      userPoolId,
      clientIds: ['robots-client', clientId],
      tokenUse: 'access',
      leewayMs,
      clock: { now: () => time.now },
      jwksUri: jwks.jwksUri,
      ...options,
    });
  const verify = async (token: string) => verifierWith().verify(token);
  return {
    jwks,
    time,
    verifierWith,
    verify,
    verifyClaims: async (claims: JWTPayload) => verify(await sign(claims, current)),
  };
}
