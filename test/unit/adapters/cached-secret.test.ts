import { describe, expect, it } from 'vitest';
import { cachedSecret } from '../../../functions/adapters/turn/cached-secret.ts';

const keepMs = 300_000;

/** A secret that can be rotated, and whose reads are counted and can be held back or fail. */
function vault() {
  const clock = { at: 1_800_000_000_000, now: () => clock.at };
  const state = { secret: 'first', reads: 0, failing: false, gate: Promise.resolve() };
  const read = async () => {
    state.reads += 1;
    const { secret, failing } = state;
    await state.gate;
    if (failing) throw new Error('unreadable');
    return secret;
  };
  return { clock, state, secret: cachedSecret({ read, keepMs, clock }) };
}

describe('a secret', () => {
  it('is read once for a burst, and once for all who come later', async () => {
    const { state, secret } = vault();
    const { promise, resolve } = Promise.withResolvers<void>();
    state.gate = promise;
    const burst = Array.from({ length: 100 }, () => secret());
    resolve();
    expect(new Set(await Promise.all(burst))).toEqual(new Set(['first']));
    expect(await secret()).toBe('first');
    expect(state.reads).toBe(1);
  });

  it('that was replaced is in use after the time for which it is kept, without a restart', async () => {
    const { clock, state, secret } = vault();
    await secret();
    state.secret = 'second';
    clock.at += keepMs - 1;
    expect(await secret()).toBe('first');
    clock.at += 1;
    expect(await secret()).toBe('second');
    expect(state.reads).toBe(2);
  });

  it('that cannot be read is read again by the next who asks', async () => {
    const { state, secret } = vault();
    state.failing = true;
    await expect(Promise.all([secret(), secret()])).rejects.toThrow('unreadable');
    expect(state.reads).toBe(1);
    state.failing = false;
    expect(await secret()).toBe('first');
    expect(state.reads).toBe(2);
  });

  it('of before is no answer when the current one cannot be read (I10)', async () => {
    const { clock, state, secret } = vault();
    await secret();
    clock.at += keepMs;
    state.failing = true;
    await expect(secret()).rejects.toThrow('unreadable');
  });

  it('whose slow read fails in the end does not forget what was read since', async () => {
    const { clock, state, secret } = vault();
    const { promise, resolve } = Promise.withResolvers<void>();
    state.gate = promise;
    state.failing = true;
    const slow = secret();
    clock.at += keepMs;
    state.gate = Promise.resolve();
    state.failing = false;
    expect(await secret()).toBe('first');
    resolve();
    await expect(slow).rejects.toThrow('unreadable');
    expect(await secret()).toBe('first');
    expect(state.reads).toBe(2);
  });
});
