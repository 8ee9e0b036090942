/** What outlives a reload of the page, in this tab only: the refresh token, and whose it is. See ADR 0031. */
export type KeptRefreshToken = { readonly userName: string; readonly refreshToken: string };

const key = 'heliograph.sign-in';

export function loadSignIn(): KeptRefreshToken | undefined {
  let kept: unknown;
  try {
    kept = JSON.parse(sessionStorage.getItem(key) ?? 'null');
  } catch {
    return undefined;
  }
  if (typeof kept !== 'object' || kept === null) return undefined;
  const { userName, refreshToken } = kept as Record<string, unknown>;
  if (typeof userName !== 'string' || typeof refreshToken !== 'string') return undefined;
  return { userName, refreshToken };
}

export function saveSignIn(kept: KeptRefreshToken): void {
  sessionStorage.setItem(key, JSON.stringify(kept));
}

/** Leaves nothing behind. */
export function forgetSignIn(): void {
  sessionStorage.clear();
}
