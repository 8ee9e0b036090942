import { isRecord } from '../wire/guards.ts';

/** What a client reads of its own token. It verifies nothing: that is the server's. Unix ms. */
export type JwtClaims = {
  readonly expiresAt?: number;
  readonly issuedAt?: number;
  readonly subject?: string;
};

/** Empty for what is no JWT. */
export function readJwtClaims(token: string): JwtClaims {
  const claims = parsePayload(token.split('.')[1] ?? '');
  if (!isRecord(claims)) return {};
  const { exp, iat, sub } = claims;
  return {
    ...(typeof exp === 'number' && Number.isFinite(exp) ? { expiresAt: exp * 1000 } : {}),
    ...(typeof iat === 'number' && Number.isFinite(iat) ? { issuedAt: iat * 1000 } : {}),
    ...(typeof sub === 'string' ? { subject: sub } : {}),
  };
}

function parsePayload(part: string): unknown {
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
