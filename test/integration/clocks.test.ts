import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenTransport, wsTransport } from '../../client/src/node.ts';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from './support/emulator.ts';
import { sdkClient, untilStatus } from './support/sdk.ts';
import { startTestStack } from './support/target.ts';

/** A fifth of it is left when a token is refreshed: a machine that others load may stand still for longer than a second. */
const lifeMs = 10_000;
const lives = 2;

/** Moves every moment that the server tells, which is the same as a peer's clock that is off. */
function movedBy(offsetMs: number): OpenTransport {
  const open = wsTransport();
  const moved = (name: string, value: unknown) =>
    name.endsWith('At') && typeof value === 'number' ? value + offsetMs : value;
  return (request, events) =>
    open(request, {
      ...events,
      onFrame: (frame) =>
        events.onFrame(typeof frame === 'string' ? JSON.stringify(JSON.parse(frame, moved)) : frame),
    });
}

/** A peer in this process whose clock is the server's plus the given; the server is the one that is off. */
describe.skipIf(localOnly).each([-5, 5])('[local-only] clocks %i minutes apart', (minutes) => {
  let stack: LocalStack;
  let refreshes = 0;
  beforeAll(async () => {
    stack = await startTestStack(
      { tokenTtlMs: lifeMs, graceMs: 2_000, cleanupEveryMs: 100 },
      { lifeLog: { note: ({ type }) => void (type === 'refreshed' && refreshes++) } },
    );
  });
  afterAll(() => stack.close());

  it('neither loop nor sleep through: one refresh a life, and the connection stays', {
    timeout: 60_000,
  }, async () => {
    const client = sdkClient(stack.addresses, 'rover-1', { transport: movedBy(minutes * 60_000) });
    client.start();
    await untilStatus(client, 'ready');
    const state = client.state();
    if (state.status !== 'ready') throw new Error(`It is ${state.status}.`);
    expect(Math.round((state.welcome.sentAt - Date.now()) / 60_000)).toBe(minutes);
    const states: string[] = [];
    client.on('state', ({ status }) => states.push(status));
    await pause(lifeMs * lives + 1_000);
    expect(states).toEqual([]);
    expect(refreshes).toBeGreaterThanOrEqual(lives);
    // At 80 % of each life: what looped would have made many more.
    expect(refreshes).toBeLessThanOrEqual(lives + 2);
    client.close();
  });
});
