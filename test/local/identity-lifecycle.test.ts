import { once } from 'node:events';
import { createServer } from 'node:net';
import { InitiateAuthCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { describe, expect, it } from 'vitest';
import { startLocalIdentity } from '../../local/identity/identity.ts';
import { password, sdkFor, startTestIdentity } from './support/identity-fixture.ts';
import { sendHalf } from './support/identity-http.ts';

describe('starting and stopping', () => {
  it('listens on the loopback address', async () => {
    const { identity } = await startTestIdentity();
    expect(identity.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(identity.issuer).toBe('https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Heliograph');
  });

  it('frees the port at once, though one client keeps its connection and one is still sending', async () => {
    const { identity, sdk } = await startTestIdentity();
    await sdk.send(new ListUsersCommand({ UserPoolId: identity.userPoolId }));
    const port = Number(new URL(identity.url).port);
    const slow = sendHalf(identity.url, 'ListUsers');
    await expect.poll(() => identity.faults.stats().requests).toBe(2);
    const cut = once(slow, 'close');
    slow.on('error', () => undefined);
    await identity.close();
    await cut;
    const again = await startTestIdentity({ port });
    expect(again.identity.url).toBe(identity.url);
  });

  it('says which port is taken, and what to do', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const error = await startTestIdentity({ port }).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: 'EADDRINUSE' });
      expect(String(error)).toContain(`port ${port} on 127.0.0.1 is already in use`);
      expect(String(error)).toContain('--port');
    } finally {
      await new Promise((resolve) => holder.close(resolve));
    }
  });

  it.each([
    ['a pool id that the verifier would refuse', { userPoolId: 'local_abc123' }, /userPoolId/],
    ['a pool of another region', { userPoolId: 'eu-west-1_Heliograph' }, /must begin with the region/],
    ['one id for both clients', { clients: { robots: 'same', people: 'same' } }, /different ids/],
    [
      'a life that is no whole second',
      {
        lifetimes: {
          accessTokenMs: 2500,
          idTokenMs: 2000,
          refreshTokenMs: { robots: 10_000, people: 10_000 },
        },
      },
      /accessTokenMs must be whole seconds/,
    ],
  ])('refuses %s', async (_what, overrides, message) => {
    await expect(startTestIdentity(overrides)).rejects.toThrow(message);
  });

  it('works by the real clock when none is given', async () => {
    const identity = await startLocalIdentity({
      port: 0,
      region: 'us-east-1',
      userPoolId: 'us-east-1_Heliograph',
      clients: { robots: 'robotsclient', people: 'peopleclient' },
      lifetimes: { accessTokenMs: 2000, idTokenMs: 2000, refreshTokenMs: { robots: 4000, people: 4000 } },
      users: [{ userName: 'rover-1', password, groups: ['robots'] }],
    });
    const sdk = sdkFor(identity);
    try {
      const reply = await sdk.send(
        new InitiateAuthCommand({
          AuthFlow: 'USER_PASSWORD_AUTH',
          ClientId: 'robotsclient',
          AuthParameters: { USERNAME: 'rover-1', PASSWORD: password },
        }),
      );
      expect(reply.AuthenticationResult?.ExpiresIn).toBe(2);
    } finally {
      sdk.destroy();
      await identity.close();
    }
  });
});
