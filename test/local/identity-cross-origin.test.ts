import { describe, expect, it } from 'vitest';
import { startTestIdentity } from './support/identity-fixture.ts';
import { post } from './support/identity-http.ts';

describe('browsers', () => {
  const origin = 'http://localhost:4500';
  const preflight = (url: string, from: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': 'POST',
        'access-control-request-headers':
          'amz-sdk-invocation-id,amz-sdk-request,content-type,x-amz-target,x-amz-user-agent,x-odd',
      },
    });

  it.each([origin, 'http://127.0.0.1:4500', 'http://[::1]:4500', 'https://console.localhost'])(
    'may call from %s',
    async (from) => {
      const { identity } = await startTestIdentity();
      const asked = await preflight(identity.url, from);
      expect(asked.status).toBe(204);
      expect(asked.headers.get('access-control-allow-origin')).toBe(from);
      expect(asked.headers.get('access-control-allow-methods')).toContain('POST');
      expect(asked.headers.get('access-control-allow-headers')).toBe(
        'amz-sdk-invocation-id, amz-sdk-request, content-type, x-amz-target, x-amz-user-agent',
      );
      const called = await post(identity.url, 'ListUsers', {
        body: JSON.stringify({ UserPoolId: identity.userPoolId }),
        headers: { origin: from },
      });
      expect(called.status).toBe(200);
      expect(called.headers.get('access-control-allow-origin')).toBe(from);
      const jwks = await fetch(identity.jwksUri, { headers: { origin: from } });
      expect(jwks.headers.get('access-control-allow-origin')).toBe(from);
    },
  );

  it('can read refusals too', async () => {
    const { identity } = await startTestIdentity();
    const response = await post(identity.url, 'ListUsers', { body: '{}', headers: { origin } });
    expect(response.status).toBe(400);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
  });

  it.each(['https://example.com', 'http://localhost.example.com', 'http://127.0.0.1.example.com', 'null'])(
    'may not call from %s',
    async (from) => {
      const { identity } = await startTestIdentity();
      const asked = await preflight(identity.url, from);
      expect(asked.status).toBe(403);
      expect(asked.headers.get('access-control-allow-origin')).toBeNull();
      const body = JSON.stringify({ UserPoolId: identity.userPoolId });
      const called = await post(identity.url, 'ListUsers', { body, headers: { origin: from } });
      expect(called.status).toBe(403);
      expect(await called.text()).not.toContain('rover-1');
    },
  );
});
