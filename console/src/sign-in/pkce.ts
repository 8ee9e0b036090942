import type { Hosted } from '../settings.ts';

/** The way back from the hosted sign-in went wrong; the message says what to do. */
export class HostedSignInFailed extends Error {
  override readonly name = 'HostedSignInFailed';
}

export type HostedTokens = { readonly userName: string; readonly refreshToken: string };

const key = 'heliograph.pkce';

/**
 * Leaves for Cognito's hosted sign-in, with a proof key: the code that comes back is worth nothing to who has
 * not made it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7636
 */
export async function leaveForHostedSignIn(
  hosted: Hosted,
  of: { clientId: string; page: string },
): Promise<string> {
  const verifier = randomText();
  const state = randomText();
  sessionStorage.setItem(key, JSON.stringify({ verifier, state }));
  const url = new URL('/oauth2/authorize', hosted.domain);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: of.clientId,
    redirect_uri: of.page,
    scope: hosted.scopes,
    state,
    code_challenge_method: 'S256',
    code_challenge: base64Url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))),
  }).toString();
  return url.href;
}

/** Whether the page was reached by the way back from a hosted sign-in. */
export function isReturning(query: string): boolean {
  const asked = new URLSearchParams(query);
  return asked.has('state') && (asked.has('code') || asked.has('error'));
}

/** Changes the code for tokens. @throws {HostedSignInFailed} */
export async function returnFromHostedSignIn(
  hosted: Hosted,
  of: { clientId: string; page: string; query: string },
): Promise<HostedTokens> {
  const asked = new URLSearchParams(of.query);
  const { verifier, state } = takeLeft();
  const code = asked.get('code');
  if (code === null || verifier === undefined || asked.get('state') !== state) {
    throw new HostedSignInFailed('The sign-in was not finished, or not by this tab. Try it once more.');
  }
  const response = await fetch(new URL('/oauth2/token', hosted.domain), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: of.clientId,
      redirect_uri: of.page,
      code,
      code_verifier: verifier,
    }),
  }).catch(() => undefined);
  if (response === undefined) {
    throw new HostedSignInFailed('The identity service cannot be reached. Try it once more in a moment.');
  }
  const body: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  const tokens = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  if (typeof tokens.refresh_token !== 'string' || typeof tokens.access_token !== 'string') {
    throw new HostedSignInFailed('The identity service gave no tokens. Try it once more.');
  }
  return { userName: nameIn(tokens.access_token), refreshToken: tokens.refresh_token };
}

function takeLeft(): { verifier?: string; state?: string } {
  try {
    const left: unknown = JSON.parse(sessionStorage.getItem(key) ?? '{}');
    return typeof left === 'object' && left !== null ? left : {};
  } catch {
    return {};
  } finally {
    sessionStorage.removeItem(key);
  }
}

/** For the eyes only; who it is the server decides. */
function nameIn(token: string): string {
  try {
    const claims: unknown = JSON.parse(
      atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')),
    );
    if (typeof claims === 'object' && claims !== null && 'username' in claims) return String(claims.username);
  } catch {}
  return 'you';
}

function randomText(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)).buffer);
}

function base64Url(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
