import { describe, expect, it } from 'vitest';
import { itUnless } from './support/emulator.ts';
import { bearer, connectWith, handshakeStatus } from './support/raw-client.ts';
import { signIn, signInFully } from './support/sign-in.ts';
import { target } from './support/target.ts';

describe('the three ways of carrying a token', () => {
  it('an Authorization header opens the connection', async () => {
    const to = await target();
    const client = await connectWith(to, bearer(await signIn(to, 'operator-1')));
    expect((await client.hello()).kind).toBe('client');
    await client.close();
  });

  itUnless('subprotocol-echo', 'a subprotocol does, and only heliograph.v1 is echoed', async () => {
    const to = await target();
    const token = await signIn(to, 'operator-1');
    const client = await connectWith(to, { subprotocols: ['heliograph.v1', `bearer.${token}`] });
    expect(client.socket.protocol).toBe('heliograph.v1');
    expect((await client.hello()).kind).toBe('client');
    await client.close();
  });

  itUnless(
    'query-token-off',
    'a query parameter does where the config allows it, as in the local stack',
    async () => {
      const to = await target();
      const client = await connectWith(to, { query: `?token=${await signIn(to, 'operator-1')}` });
      expect((await client.hello()).kind).toBe('client');
      await client.close();
    },
  );
});

describe('a handshake that is refused', () => {
  it('never opens a socket: no token, or not a token', async () => {
    const to = await target();
    for (const handshake of [
      {},
      bearer('not-a-token'),
      { headers: { authorization: 'Basic b3BlcmF0b3I6' } },
    ]) {
      expect(await handshakeStatus(to, handshake)).toBeGreaterThanOrEqual(400);
    }
    const { idToken } = await signInFully(to, 'operator-1');
    expect(await handshakeStatus(to, bearer(idToken))).toBeGreaterThanOrEqual(400); // wrong use
  });

  itUnless('handshake-status', 'has the status that says what to do', async () => {
    const to = await target();
    const token = await signIn(to, 'operator-1');
    const { idToken } = await signInFully(to, 'operator-1');
    const statuses = await Promise.all([
      handshakeStatus(to, {}),
      handshakeStatus(to, bearer('not-a-token')),
      handshakeStatus(to, bearer(idToken)),
      handshakeStatus(to, { headers: { authorization: 'Basic b3BlcmF0b3I6' } }),
      handshakeStatus(to, { subprotocols: [`bearer.${token}`] }),
      handshakeStatus(to, { subprotocols: ['heliograph.v1', `bearer.${token}`, `bearer.${token}x`] }),
    ]);
    expect(statuses).toEqual([401, 401, 401, 400, 400, 400]);
  });
});
