import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { localOnly } from '../integration/support/emulator.ts';
import { eventually, modeOf, openRobot, type Stage, startStage, takeControl } from './support/stage.ts';

describe.skipIf(localOnly)('[local-only] the fleet', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ resumeWindowMs: 4_000 }, ['rover-1', 'rover-2']);
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    expect(await stage.closeTabs()).toEqual([]);
  });

  it('says who drives each robot and since when, and a change of hands within a second', async () => {
    const looking = await stage.enter('viewer-1');
    const card = (robotId: string) => looking.locator('.robot-card').filter({ hasText: robotId });
    const driver = (robotId: string) => card(robotId).locator('.driver').textContent();
    await eventually(() => driver('rover-1')).toBe('free to drive');
    const first = await stage.enter('operator-1');
    const second = await stage.enter('operator-2');
    for (const page of [first, second]) await openRobot(page, 'rover-1');

    await takeControl(first);
    await eventually(() => driver('rover-1')).toMatch(/^operator-1 drives it, for \d s$/);
    expect(await driver('rover-2')).toBe('free to drive');
    await eventually(() => looking.locator('.events').textContent()).toContain(
      'operator-1 drives rover-1 now.',
    );

    await looking.evaluate(() => {
      const at: Record<string, number> = {};
      Object.assign(window, { at });
      new MutationObserver(() => {
        for (const { textContent: text } of document.querySelectorAll('.driver')) {
          const [who = ''] = (text ?? '').split(' ');
          at[who] ??= Date.now();
        }
      }).observe(document, { subtree: true, childList: true, characterData: true });
    });
    await second.getByRole('button', { name: 'Ask for control' }).click();
    await first.getByRole('button', { name: 'Hand over' }).click();
    await eventually(() => modeOf(second)).toBe('control');
    await eventually(() => driver('rover-1')).toMatch(/^operator-2 drives it, for \d s$/);
    const seenAt = await looking.evaluate(() => (window as unknown as { at: Record<string, number> }).at);
    const changedAt = await second.evaluate(
      () =>
        (window as unknown as { seen: { modes: { at: number; mode: string }[] } }).seen.modes.at(-1)?.at ?? 0,
    );
    const lateMs = (seenAt['operator-2'] ?? Number.NaN) - changedAt;
    process.stdout.write(`console: the fleet showed a handover ${lateMs} ms after its new holder\n`);
    expect(lateMs).toBeLessThan(1_000);

    // Who leaves the robot's page drives no more.
    await second.getByRole('link', { name: '← Robots' }).click();
    await eventually(() => driver('rover-1')).toBe('free to drive');
  });

  it('a tab that is closed frees its robot for whoever looks at the fleet, who is told who it was', async () => {
    const looking = await stage.enter('operator-2');
    const driver = () =>
      looking.locator('.robot-card').filter({ hasText: 'rover-2' }).locator('.driver').textContent();
    const other = await stage.enter('operator-1');
    await openRobot(other, 'rover-2');
    await takeControl(other);
    await eventually(driver).toContain('operator-1 drives it');
    await other.close({ runBeforeUnload: false });
    await eventually(driver).toBe('free to drive');
    await eventually(() => looking.locator('.events').textContent()).toContain('Nobody drives rover-2 now.');
  });

  it('a robot that leaves is offline, since when, and driven by nobody', async () => {
    const looking = await stage.enter('operator-1');
    const card = looking.locator('.robot-card').filter({ hasText: 'rover-2' });
    await eventually(() => card.textContent()).toContain('online');
    await stage.robot('rover-2').stop();
    await eventually(() => card.textContent()).toMatch(/offline for \d+ s/);
    expect(await card.locator('.driver').textContent()).toBe('nobody drives it');
    expect(await card.getByRole('link').count()).toBe(0);
  });
});
