import { ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from 'vitest';
import { password, refusal, signIn, startTestIdentity } from './support/identity-fixture.ts';
import { post, sendHalf } from './support/identity-http.ts';

describe('the JSON API', () => {
  it("refuses in Cognito's shape", async () => {
    const { identity } = await startTestIdentity();
    const response = await post(identity.url, 'InitiateAuth', {
      body: JSON.stringify({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: identity.clientIds.people,
        AuthParameters: { USERNAME: 'operator-1', PASSWORD: 'Wrong-1!x' },
      }),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(response.headers.get('x-amzn-errortype')).toBe('NotAuthorizedException:');
    expect(await response.json()).toEqual({
      __type: 'NotAuthorizedException',
      message: 'Incorrect username or password.',
    });
  });

  it("dates what it answers by the pool's clock", async () => {
    const { identity, clock } = await startTestIdentity();
    clock.setMs(Date.UTC(2031, 1, 3, 4, 5, 6, 999));
    const dateOf = (response: Response) => response.headers.get('date');
    const listed = await post(identity.url, 'ListUsers', {
      body: JSON.stringify({ UserPoolId: identity.userPoolId }),
    });
    expect(listed.status).toBe(200);
    expect(dateOf(listed)).toBe('Mon, 03 Feb 2031 04:05:06 GMT');
    expect(dateOf(await post(identity.url, 'ListUsers', { body: '{}' }))).toBe(dateOf(listed));
    expect(dateOf(await fetch(identity.jwksUri))).toBe(dateOf(listed));
  });

  it.each([
    ['nothing', ''],
    ['half an object', '{"AuthFlow":'],
    ['a wrong type', '{"AuthFlow":7,"ClientId":"peopleclient"}'],
    ['a list', '[]'],
  ])('answers SerializationException to %s', async (_what, body) => {
    const { identity } = await startTestIdentity();
    const response = await post(identity.url, 'InitiateAuth', { body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'SerializationException' });
  });

  it('answers SerializationException to another content type', async () => {
    const { identity } = await startTestIdentity();
    const headers = { 'content-type': 'application/json' };
    const response = await post(identity.url, 'ListUsers', { body: '{}', headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'SerializationException' });
  });

  it('answers InvalidParameterException to a missing member, and repeats no value', async () => {
    const { identity } = await startTestIdentity();
    const body = JSON.stringify({ ClientId: `secret ${password}`, AuthParameters: { PASSWORD: password } });
    const response = await post(identity.url, 'InitiateAuth', { body });
    const text = await response.text();
    expect(text).toContain('InvalidParameterException');
    expect(text).toContain('AuthFlow');
    expect(text).not.toContain(password);
  });

  it('names what exists when asked for another operation', async () => {
    const { identity } = await startTestIdentity();
    const response = await post(identity.url, 'SignUp', { body: '{}' });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      __type: 'UnknownOperationException',
      message: expect.stringMatching(/GetTokensFromRefreshToken.*InitiateAuth/),
    });
  });

  it('takes 64 KB and no more', async () => {
    const { identity } = await startTestIdentity();
    const bodyOf = (bytes: number) => {
      const around = JSON.stringify({ UserPoolId: identity.userPoolId, Unknown: '' });
      return around.replace('""', `"${'x'.repeat(bytes - around.length)}"`);
    };
    const full = await post(identity.url, 'ListUsers', { body: bodyOf(65_536) });
    expect(full.status).toBe(200);
    const over = await post(identity.url, 'ListUsers', { body: bodyOf(65_537) });
    expect(over.status).toBe(413);
    expect(await over.json()).toMatchObject({ __type: 'RequestEntityTooLargeException' });
    expect((await post(identity.url, 'ListUsers', { body: bodyOf(2_000_000) })).status).toBe(413);
  });

  it('goes on after a sender that went away in the middle of a body', async () => {
    const { identity, sdk, pool } = await startTestIdentity();
    const socket = sendHalf(identity.url, 'ListUsers');
    await expect.poll(() => identity.faults.stats().requests).toBe(1);
    socket.destroy();
    await expect(sdk.send(new ListUsersCommand(pool))).resolves.toBeDefined();
  });

  it('echoes odd names without breaking the reply', async () => {
    const service = await startTestIdentity();
    const name = 'róver\u{1f916}';
    await expect(signIn(service, { userName: name })).rejects.toMatchObject(
      refusal('NotAuthorizedException'),
    );
  });

  it('says 404 elsewhere, and what there is', async () => {
    const { identity } = await startTestIdentity();
    const response = await fetch(`${identity.url}/nowhere`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('/us-east-1_Heliograph/.well-known/jwks.json');
  });
});

describe('the well-known documents', () => {
  it('publish only public halves', async () => {
    const { identity } = await startTestIdentity();
    expect(identity.jwksUri).toBe(`${identity.url}/us-east-1_Heliograph/.well-known/jwks.json`);
    const text = expect.any(String);
    const key = { alg: 'RS256', kty: 'RSA', use: 'sig', e: text, kid: text, n: text };
    expect(await (await fetch(identity.jwksUri)).json()).toEqual({ keys: [key, key] });
  });

  it('describe the issuer', async () => {
    const { identity } = await startTestIdentity();
    const at = `${identity.url}/us-east-1_Heliograph/.well-known/openid-configuration`;
    expect(await (await fetch(at)).json()).toMatchObject({
      issuer: identity.issuer,
      jwks_uri: identity.jwksUri,
      id_token_signing_alg_values_supported: ['RS256'],
    });
  });
});
