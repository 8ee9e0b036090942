import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from './support/emulator.ts';
import { bearer, connectAs, connectWith, handshakeStatus, openPair } from './support/raw-client.ts';
import { invokeRevocation } from './support/revoke.ts';
import { signIn } from './support/sign-in.ts';
import { startTarget, startTestStack, type Target } from './support/target.ts';

/** What an operator orders, on the local stack and on what was deployed: with its permissions, where they are checked. */
describe('F13: an operator signs a user out everywhere', () => {
  let stack: LocalStack | undefined;
  let to: Target;
  beforeAll(async () => {
    stack = localOnly ? undefined : await startTestStack();
    to = stack?.addresses ?? (await startTarget()).target;
  });
  afterAll(() => stack?.close());

  const revoke = (payload: unknown) => stack?.revoke(payload) ?? invokeRevocation(to, payload);
  /** An emulator does not tell why a handshake is refused. */
  const getsIn = async (token: string) => (await handshakeStatus(to, bearer(token))) === 101;

  it.each(['operator-2', 'rover-2'])(
    '%s is cut, its tokens are refused, and a new sign-in works',
    async (userName) => {
      const { robot, client } = await openPair(to, { robot: 'rover-2', client: 'operator-2' });
      const token = await signIn(to, userName);
      expect(await getsIn(token)).toBe(true);
      const revoking = revoke({ userName });
      const [cut, other] = userName === 'rover-2' ? [robot, client] : [client, robot];
      expect(await cut.nextOf('goAway')).toMatchObject({ code: 'revoked', reconnect: false });
      await cut.closed;
      expect(await revoking).toHaveProperty('closed');
      expect(await getsIn(token)).toBe(false);
      const back = await connectAs(to, userName);
      await back.hello();
      await Promise.all([back.close(), other.close()]);
    },
  );

  it('and is told when there is no such user', async () => {
    await expect(revoke({ userName: 'nobody-1' })).rejects.toThrow('no such user');
  });

  it('one sign-in ends by `bye {signOut: true}`', async () => {
    const token = await signIn(to, 'viewer-1');
    const [one, other] = await Promise.all([1, 2].map(() => connectWith(to, bearer(token))));
    if (one === undefined || other === undefined) throw new Error('Two were connected.');
    await one.hello();
    await other.hello();
    one.send({ action: 'bye', signOut: true });
    await one.closed;
    expect(await other.nextOf('goAway')).toMatchObject({ code: 'revoked', reconnect: false });
    await other.closed;
    expect(await getsIn(token)).toBe(false);
    expect(await getsIn(await signIn(to, 'viewer-1'))).toBe(true);
  });
});
