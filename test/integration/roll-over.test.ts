import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from './support/emulator.ts';
import { enterAs, openPair } from './support/raw-client.ts';
import { type LifeEvent, startTestStack } from './support/target.ts';

const connectionMaxAgeMs = 18_000;
const cleanupEveryMs = 100;
/** What a busy machine may take. Nothing here is a measurement. */
const slackMs = 1_500;

describe.skipIf(localOnly)(
  '[local-only] a connection that nears the age at which the gateway cuts it',
  () => {
    let stack: LocalStack;
    beforeAll(async () => {
      stack = await startTestStack({ connectionMaxAgeMs, cleanupEveryMs });
    });
    afterAll(() => stack.close());

    it('F4, I6: is told once to open its next one, within the window, and goes on until the gateway cuts it', async () => {
      const startedAt = Date.now();
      const { robot, client, key, welcomes } = await openPair(stack.addresses, {
        robot: 'rover-1',
        client: 'operator-1',
      });
      const { from, to } = stack.policy.rollOverMs;
      for (const [peer, welcome] of [
        [client, welcomes.client],
        [robot, welcomes.robot],
      ] as const) {
        expect(await peer.nextOf('goAway')).toEqual({
          type: 'goAway',
          code: 'connection_max_age',
          reconnect: true,
        });
        const ageMs = Date.now() - startedAt;
        expect(ageMs).toBeGreaterThanOrEqual(from);
        expect(ageMs).toBeLessThanOrEqual(to + slackMs);
        expect(welcome.connectionExpiresAt).toBeGreaterThan(startedAt + from);
      }
      await client.ask('signal', 'signalAck', { ...key, seq: 1, kind: 'custom', data: 'still here' });
      await robot.nextOf('signal');

      // 1001 is the gateway's own: nobody here closed it.
      expect(await client.closed).toEqual({ code: 1001 });
      expect(client.received.filter(({ type }) => type === 'goAway')).toHaveLength(1);
      expect(Date.now() - startedAt).toBeGreaterThanOrEqual(connectionMaxAgeMs);
    });
  },
);

describe.skipIf(localOnly)('[local-only] a connection whose $disconnect was lost', () => {
  let stack: LocalStack;
  const events: LifeEvent[] = [];
  beforeAll(async () => {
    stack = await startTestStack(
      { connectionMaxAgeMs: 8_000, cleanupEveryMs, resumeWindowMs: 500 },
      { lifeLog: { note: (event) => void events.push(event) } },
    );
  });
  afterAll(() => stack.close());

  it('is found gone when it is next asked after, and its robot goes offline after the resume window', async () => {
    const { client: operator } = await enterAs(stack.addresses, 'operator-1');
    const { welcome } = await enterAs(stack.addresses, 'rover-1');
    const [gateway] = stack.gateways;
    gateway?.faults.dropNextDisconnect();
    expect(gateway?.faults.cut(welcome.connectionId)).toBe(true);
    const stateOf = async () => (await operator.ask('listRobots', 'robots')).robots[0]?.state;
    expect(await stateOf()).toBe('online');
    await expect.poll(stateOf, { timeout: 10_000, interval: 100 }).toBe('offline');
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'disconnected', connectionId: welcome.connectionId, how: 'gone' }),
    );
    await operator.close();
  });
});
