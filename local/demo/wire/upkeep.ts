import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from './backoff.ts';
import { SignInRefused } from './sign-in.ts';
import { ServerRefused, type Signaling } from './signaling-socket.ts';
import type { TokenSource } from './token-source.ts';

/** However short the life, the token is not refreshed more often than this. */
const leastBetweenRefreshesMs = 1_000;

/**
 * Keeps a connection alive until it closes: `keepAlive` below the gateway's idle limit, and a fresh
 * token on the open socket before the old one ends. When the token cannot be refreshed for a reason
 * that waiting does not mend, the connection is dropped.
 */
export function keepUp(signaling: Signaling, of: { tokens: TokenSource; say: (line: string) => void }): void {
  const ended = new AbortController();
  const { heartbeatMs } = signaling.welcome.policy;
  const heartbeat = setInterval(() => signaling.send({ action: 'keepAlive' }), heartbeatMs);
  void signaling.closed.then(() => {
    clearInterval(heartbeat);
    ended.abort();
  });
  void keepFresh(signaling, { ...of, ended: ended.signal });
}

async function keepFresh(
  signaling: Signaling,
  of: { tokens: TokenSource; say: (line: string) => void; ended: AbortSignal },
): Promise<void> {
  let { refreshAt, sentAt } = signaling.welcome;
  let failures = 0;
  for (;;) {
    // Both by the server's clock: this machine's may be minutes off, and would refresh for ever or never.
    const untilDueMs = Math.max(leastBetweenRefreshesMs, refreshAt - sentAt);
    if (!(await rested(failures === 0 ? untilDueMs : backoffMs(failures), of.ended))) return;
    try {
      const token = await of.tokens.renewed();
      ({ refreshAt, sentAt } = await signaling.ask({ action: 'refreshToken', token }, 'tokenRefreshed'));
      failures = 0;
      of.say('token refreshed on the open connection');
    } catch (failure) {
      if (of.ended.aborted) return;
      failures += 1;
      of.say(`token not refreshed: ${failure instanceof Error ? failure.message : String(failure)}`);
      if (isFinal(failure)) return signaling.drop();
    }
  }
}

function isFinal(failure: unknown): boolean {
  return (failure instanceof SignInRefused || failure instanceof ServerRefused) && !failure.retryable;
}

/** False when the connection ended first. */
async function rested(ms: number, ended: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal: ended });
    return true;
  } catch {
    return false;
  }
}
