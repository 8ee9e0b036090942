import { describe, expect, it } from 'vitest';
import { startTimer } from '../../../client/src/environment/timer.ts';
import { createFakeClock } from './support/fake-clock.ts';

const dayMs = 86_400_000;

describe('startTimer', () => {
  it('never gives the system a wait that overflows, and acts once, on time', async () => {
    const clock = createFakeClock();
    const waits: number[] = [];
    let acted = 0;
    const after = (ms: number, act: () => void) => {
      waits.push(ms);
      return clock.after(ms, act);
    };
    startTimer({ ...clock, after }, 30 * dayMs, () => {
      acted += 1;
    });
    clock.sleep(29 * dayMs);
    await clock.advance(0.99 * dayMs);
    expect(acted).toBe(0);
    await clock.advance(0.02 * dayMs);
    expect(acted).toBe(1);
    expect(Math.max(...waits)).toBeLessThan(2 ** 31);
    expect(clock.timers()).toBe(0);
  });

  it('acts soon after a sleep that was longer, at once when asked to look', async () => {
    const clock = createFakeClock();
    const acted: string[] = [];
    startTimer(clock, 3_600_000, () => acted.push('soon'));
    const asked = startTimer(clock, 3_600_000, () => acted.push('at once'));
    clock.sleep(7_200_000);
    asked.recheck();
    expect(acted).toEqual(['at once']);
    await clock.advance(30_000);
    expect(acted).toEqual(['at once', 'soon']);
    asked.recheck();
    expect(acted).toHaveLength(2);
  });

  it('does nothing once it is cancelled', async () => {
    const clock = createFakeClock();
    let acted = false;
    const timer = startTimer(clock, 100_000, () => {
      acted = true;
    });
    await clock.advance(50_000);
    timer.cancel();
    timer.recheck();
    await clock.advance(100_000);
    expect(acted).toBe(false);
  });
});
