import type { UserPool } from './user-pool.ts';

/** The two documents that Cognito publishes for a pool, by path. */
export function wellKnownDocuments(pool: UserPool, jwksUri: () => string): ReadonlyMap<string, () => object> {
  return new Map<string, () => object>([
    [jwksPath(pool.id), () => pool.keys.jwks()],
    [
      `/${pool.id}/.well-known/openid-configuration`,
      () => ({
        issuer: pool.issuer,
        jwks_uri: jwksUri(),
        id_token_signing_alg_values_supported: ['RS256'],
        response_types_supported: ['code', 'token'],
        scopes_supported: ['openid', 'email', 'phone', 'profile'],
        subject_types_supported: ['public'],
      }),
    ],
  ]);
}

export function jwksPath(userPoolId: string): string {
  return `/${userPoolId}/.well-known/jwks.json`;
}
