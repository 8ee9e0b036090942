import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSocket } from '../../local/demo/wire/open-socket.ts';
import { startSignaling } from '../../local/demo/wire/signaling-socket.ts';
import { createTokenSource } from '../../local/demo/wire/token-source.ts';
import { keepUp } from '../../local/demo/wire/upkeep.ts';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { seededPassword } from '../../local/stack/users.ts';
import { localOnly } from './support/emulator.ts';
import { startTestStack } from './support/target.ts';

const lifeMs = 4_000;
const lives = 2;

/** A peer in this process whose clock is the server's plus the given; the server is the one that is off. */
describe.skipIf(localOnly).each([-5, 5])('[local-only] clocks %i minutes apart', (minutes) => {
  let stack: LocalStack;
  const realNow = Date.now;
  let refreshes = 0;
  beforeAll(async () => {
    stack = await startTestStack(
      { tokenTtlMs: lifeMs, graceMs: 2_000, cleanupEveryMs: 100 },
      { lifeLog: { note: ({ type }) => void (type === 'refreshed' && refreshes++) } },
    );
  });
  afterAll(async () => {
    Date.now = realNow;
    await stack.close();
  });

  it('neither loop nor sleep through: one refresh a life, and the connection stays', async () => {
    const identity = { url: stack.addresses.identity, clientId: stack.addresses.clientIds.robots };
    const tokens = createTokenSource(identity, { userName: 'rover-1', password: seededPassword });
    const signaling = await startSignaling(
      await openSocket(stack.addresses.gateway, await tokens.current()),
      'clock-test',
    );
    // What the server says is moved, which is the same as a peer's clock that is off.
    const offsetMs = minutes * 60_000;
    const moved = {
      ...signaling,
      welcome: {
        ...signaling.welcome,
        sentAt: signaling.welcome.sentAt + offsetMs,
        refreshAt: signaling.welcome.refreshAt + offsetMs,
      },
      ask: async (...of: Parameters<typeof signaling.ask>) => {
        const answer = await signaling.ask(...of);
        if (answer.type !== 'tokenRefreshed') return answer;
        return { ...answer, sentAt: answer.sentAt + offsetMs, refreshAt: answer.refreshAt + offsetMs };
      },
    } as typeof signaling;
    const ended = signaling.closed.then(() => 'closed');
    keepUp(moved, { tokens, say: () => undefined });
    expect(await Promise.race([ended, pause(lifeMs * lives + 1_000, 'open')])).toBe('open');
    expect(refreshes).toBeGreaterThanOrEqual(lives);
    // At 80 % of each life: what looped would have made many more.
    expect(refreshes).toBeLessThanOrEqual(lives + 2);
    await signaling.bye();
  });
});
