import * as z from 'zod';

const claims = z.object({
  iat: z.number(),
  exp: z.number(),
  'cognito:groups': z.array(z.string()).default([]),
});

/** What a token that we have just been given says of itself; nothing is verified. @throws for what is no JWT. */
export function decodeJwt(token: string): { iat: number; exp: number; groups: readonly string[] } {
  const [, payload = ''] = token.split('.');
  const {
    iat,
    exp,
    'cognito:groups': groups,
  } = claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  return { iat, exp, groups };
}
