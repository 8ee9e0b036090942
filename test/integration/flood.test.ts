import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from './support/emulator.ts';
import { openPair } from './support/raw-client.ts';
import { startTestStack } from './support/target.ts';

/** All run in one process here, so that a busy machine may be late; never refused for what another does. */
async function sendCalmly({ client, key }: Awaited<ReturnType<typeof openPair>>, seq: number) {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await client.request('signal', { ...key, seq, kind: 'custom', data: seq });
    if (answer.type === 'signalAck') return;
    expect(answer).toMatchObject({ code: 'unavailable', retryable: true, seq });
    expect(attempt).toBeLessThan(4);
  }
}

describe.skipIf(localOnly)('[local-only] a connection that sends 1,000 signals at once', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack.close());

  it('is told which of them to send later, and others are not hurt', async () => {
    const loud = await openPair(stack.addresses, { robot: 'rover-1', client: 'operator-1' });
    const calm = await openPair(stack.addresses, { robot: 'rover-2', client: 'operator-2' });
    for (let seq = 1; seq <= 1_000; seq += 1) {
      loud.client.send({ action: 'signal', ...loud.key, seq, kind: 'custom', data: seq });
    }
    for (let seq = 1; seq <= 20; seq += 1) await sendCalmly(calm, seq);
    const arrived = calm.robot.received.filter((message) => message.type === 'signal').map(({ seq }) => seq);
    expect(arrived).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const signals = () => loud.robot.received.filter(({ type }) => type === 'signal').length;
    const refused = () => loud.client.received.filter((message) => message.type === 'error');
    await expect.poll(() => signals() + refused().length, { timeout: 20_000 }).toBe(1_000);
    for (const refusal of refused()) {
      expect(refusal).toMatchObject({ retryable: true, sessionId: loud.key.sessionId });
    }
    const limited = refused().filter(({ code }) => code === 'rate_limited');
    expect(limited.length).toBeGreaterThan(100);
    for (const { retryAfterMs } of limited) expect(retryAfterMs).toBeGreaterThan(0);
    const [first] = limited;
    // What was refused can be sent again, and arrives.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await loud.client.ask('signal', 'signalAck', {
      ...loud.key,
      seq: first?.seq ?? 0,
      kind: 'custom',
      data: 'again',
    });
    expect(await loud.robot.nextOf('signal', ({ data }) => data === 'again')).toMatchObject({
      seq: first?.seq,
    });
    await Promise.all([loud.client, loud.robot, calm.client, calm.robot].map((each) => each.close()));
  });
});
