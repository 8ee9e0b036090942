import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from './support/emulator.ts';
import { bearer, enterAs, handshakeStatus, openPair } from './support/raw-client.ts';
import { signIn } from './support/sign-in.ts';
import { type LifeEvent, startTestStack } from './support/target.ts';

/** A store that cannot be reached, as the SDK reports it. */
class StoreDown extends Error {
  override readonly name = 'TimeoutError';
}

describe.skipIf(localOnly)(
  '[local-only] I10: what cannot be read is a retryable refusal, never a yes',
  () => {
    let stack: LocalStack;
    let down = false;
    const events: LifeEvent[] = [];
    beforeAll(async () => {
      const onStoreRequest = () => {
        if (down) throw new StoreDown('The store does not answer');
      };
      stack = await startTestStack(
        {},
        { onStoreRequest, lifeLog: { note: (event) => void events.push(event) } },
      );
    });
    afterAll(() => stack.close());

    it('every action says unavailable while the store is down, and goes on as before when it is back', async () => {
      const { robot, client, key } = await openPair(stack.addresses, {
        robot: 'rover-1',
        client: 'operator-1',
      });
      const fresh = await enterAs(stack.addresses, 'operator-2');
      const token = await signIn(stack.addresses, 'operator-1');
      down = true;
      const unavailable = { type: 'error', code: 'unavailable', retryable: true };
      for (const [action, fields] of [
        ['hello', { protocol: 1 }],
        ['listRobots', {}],
        ['openSession', { robotId: 'rover-1', mode: 'view' }],
        ['closeSession', key],
        ['getIceServers', {}],
        ['refreshToken', { token }],
        ['signal', { ...key, seq: 1, kind: 'custom', data: 'x' }],
      ] as const) {
        expect(await fresh.client.request(action, fields), action).toMatchObject(unavailable);
      }
      expect(await client.request('signal', { ...key, seq: 7, kind: 'custom' })).toMatchObject({
        ...unavailable,
        sessionId: key.sessionId,
        seq: 7,
      });
      expect(await handshakeStatus(stack.addresses, bearer(token))).toBe(503);
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'dependency_unavailable', code: 'TimeoutError' }),
      );

      down = false;
      await client.ask('signal', 'signalAck', { ...key, seq: 8, kind: 'custom', data: 'back' });
      expect(await robot.nextOf('signal')).toMatchObject({ seq: 8, data: 'back' });
      await Promise.all([robot.close(), client.close(), fresh.client.close()]);
    });

    it('a gateway that fails a post is told to the sender as unavailable, and the next signal goes through', async () => {
      const { robot, client, key } = await openPair(stack.addresses, {
        robot: 'rover-1',
        client: 'operator-1',
      });
      // The SDK tries twice.
      stack.gateways[0]?.faults.failNextPosts(2, 500);
      expect(await client.request('signal', { ...key, seq: 1, kind: 'custom' })).toMatchObject({
        code: 'unavailable',
        seq: 1,
      });
      await client.ask('signal', 'signalAck', { ...key, seq: 2, kind: 'custom', data: 'again' });
      expect(await robot.nextOf('signal', ({ seq }) => seq === 2)).toMatchObject({ data: 'again' });
      await Promise.all([robot.close(), client.close()]);
    });
  },
);
