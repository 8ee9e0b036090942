import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { localOnly } from '../integration/support/emulator.ts';
import { signInFully as signInAt } from '../integration/support/sign-in.ts';
import { eventually, type Stage, startStage } from './support/stage.ts';

const domain = 'https://people.auth.example.com';
const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

/** A hosted sign-in as Cognito's: at its page somebody signs in and is sent back with a code, which is changed for tokens once. */
async function hostedSignIn(
  page: Page,
  of: { refreshToken: string; accessToken: string; changed?: (state: string) => string },
) {
  const asked: URLSearchParams[] = [];
  const redeemed: URLSearchParams[] = [];
  await page.route(`${domain}/oauth2/authorize*`, async (route) => {
    const query = new URL(route.request().url()).searchParams;
    asked.push(query);
    const state = query.get('state') ?? '';
    const back = new URLSearchParams({ code: 'the-code', state: of.changed?.(state) ?? state });
    await route.fulfill({ status: 302, headers: { location: `${query.get('redirect_uri')}?${back}` } });
  });
  await page.route(`${domain}/oauth2/token`, async (route) => {
    const body = new URLSearchParams(route.request().postData() ?? '');
    redeemed.push(body);
    const isProven = challengeOf(body.get('code_verifier') ?? '') === asked[0]?.get('code_challenge');
    await route.fulfill({
      status: isProven ? 200 : 400,
      headers: { 'access-control-allow-origin': '*' },
      json: isProven
        ? {
            refresh_token: of.refreshToken,
            access_token: of.accessToken,
            expires_in: 60,
            token_type: 'Bearer',
          }
        : { error: 'invalid_grant' },
    });
  });
  return { asked, redeemed };
}

describe.skipIf(localOnly)('[local-only] hosted sign-in', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    const complaints = await stage.closeTabs();
    expect(complaints).toEqual([]);
  });

  async function pageWithHosted(): Promise<Page> {
    // The page's policy names this machine's addresses only; a deployed one names the domain.
    const page = await stage.open({ bypassCSP: true });
    await page.route('**/settings.json', async (route) => {
      const settings = await (await route.fetch()).json();
      await route.fulfill({ json: { ...settings, hosted: { domain } } });
    });
    await page.reload();
    return page;
  }

  it('goes there with a proof key, comes back with a code, and is in; nothing of it stays in the address', async () => {
    const page = await pageWithHosted();
    const tokens = await signInAt(stage.stack.addresses, 'operator-1');
    const { asked, redeemed } = await hostedSignIn(page, tokens);
    await page.getByRole('button', { name: 'Sign in with your organisation' }).click();
    await page.getByRole('heading', { name: 'Robots' }).waitFor();
    await page.locator('.chip.ready').waitFor();
    expect(await page.locator('.who').textContent()).toBe('operator-1');
    expect(new URL(page.url()).search).toBe('');
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      client_id: stage.stack.addresses.clientIds.people,
      redirect_uri: `${stage.url}/`,
    });
    expect(redeemed.map((body) => body.get('code'))).toEqual(['the-code']);
    expect(await page.evaluate(() => sessionStorage.getItem('heliograph.pkce'))).toBeNull();
  });

  it('a way back that this tab has not begun is refused', async () => {
    const page = await pageWithHosted();
    const tokens = await signInAt(stage.stack.addresses, 'operator-1');
    const { redeemed } = await hostedSignIn(page, { ...tokens, changed: (state) => `${state}x` });
    await page.getByRole('button', { name: 'Sign in with your organisation' }).click();
    await eventually(() => page.locator('.banner.warn').textContent()).toContain('not by this tab');
    expect(redeemed).toEqual([]);
  });
});
