import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from './support/emulator.ts';
import { openPair } from './support/raw-client.ts';
import { startTestStack } from './support/target.ts';

/** What a message costs in calls to AWS, counted on the way out of the functions. */
describe.skipIf(localOnly)('[local-only] AWS calls per signal', () => {
  let stack: LocalStack;
  let store: string[] = [];
  let posts: number[] = [];
  beforeAll(async () => {
    stack = await startTestStack(
      {},
      { onStoreRequest: (command) => void store.push(command), onPost: () => void posts.push(1) },
    );
  });
  afterAll(() => stack.close());

  it('one round trip to the store and one post, in either direction, with and without an acknowledgement', async () => {
    const { robot, client, key } = await openPair(stack.addresses, {
      robot: 'rover-1',
      client: 'operator-1',
    });
    for (const [from, to] of [
      [client, robot],
      [robot, client],
    ] as const) {
      for (const requestId of [undefined, 'acknowledge']) {
        store = [];
        posts = [];
        from.send({
          action: 'signal',
          ...key,
          seq: 1,
          kind: 'candidate',
          data: { candidate: 'x' },
          requestId,
        });
        await to.nextOf('signal');
        if (requestId !== undefined) await from.nextOf('signalAck');
        expect(store).toEqual(['BatchGetItemCommand']);
        expect(posts).toHaveLength(1);
      }
    }
    await Promise.all([robot.close(), client.close()]);
  });

  it('prints how long a signal takes through the local stack', async () => {
    const { robot, client, key } = await openPair(stack.addresses, {
      robot: 'rover-2',
      client: 'operator-2',
    });
    const tookMs: number[] = [];
    for (let seq = 1; seq <= 200; seq += 1) {
      const sentAt = performance.now();
      client.send({ action: 'signal', ...key, seq, kind: 'custom', data: 'x' });
      await robot.nextOf('signal', (signal) => signal.seq === seq);
      tookMs.push(performance.now() - sentAt);
    }
    tookMs.sort((a, b) => a - b);
    const at = (part: number) => (tookMs[Math.floor(tookMs.length * part)] ?? 0).toFixed(1);
    process.stdout.write(`A signal through the local stack: median ${at(0.5)} ms, p99 ${at(0.99)} ms\n`);
    expect(tookMs).toHaveLength(200);
    await Promise.all([robot.close(), client.close()]);
  });
});
