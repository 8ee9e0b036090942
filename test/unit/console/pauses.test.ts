import { describe, expect, it } from 'vitest';
import { longestPauseMs, ticksOf } from '../../browser/support/pauses.ts';

const poses = (...arrived: number[]) => arrived.map((arrivedAt) => ({ arrivedAt }));
const every25 = (from: number, to: number) =>
  Array.from({ length: (to - from) / 25 + 1 }, (_, i) => from + 25 * i);

/** The measure by which the browser tests hold the pose stream to 300 ms. */
describe('the longest pause in the poses', () => {
  it('is all ours while the controls go on', () => {
    const controls = [ticksOf(every25(0, 1_000))];
    expect(longestPauseMs(poses(0, 100, 600, 700), controls)).toBe(500);
  });

  it('is not ours as far as one of the controls stood still in it', () => {
    const stoodStill = ticksOf([...every25(0, 200), ...every25(550, 1_000)]);
    const wentOn = ticksOf(every25(0, 1_000));
    expect(longestPauseMs(poses(0, 100, 600, 700), [wentOn, stoodStill])).toBe(500 - 350);
    expect(longestPauseMs(poses(0, 100, 600, 700))).toBe(500);
  });

  it('is ours where the control stood still because it computed, and where it stood still at another time', () => {
    const computed = [...ticksOf(every25(0, 200)), { at: 550, busyMs: 340 }];
    expect(longestPauseMs(poses(0, 100, 600, 700), [computed])).toBe(500 - 10);
    const later = ticksOf([...every25(0, 600), ...every25(900, 1_000)]);
    expect(longestPauseMs(poses(0, 100, 600, 620, 700, 720, 800, 900), [later])).toBe(500);
  });
});
