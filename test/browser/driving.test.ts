import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { localOnly } from '../integration/support/emulator.ts';
import {
  eventually,
  figure,
  modeOf,
  motionOf,
  openRobot,
  type Stage,
  startStage,
  takeControl,
} from './support/stage.ts';
import { seenBy } from './support/watch-peers.ts';

describe.skipIf(localOnly)('[local-only] driving by the console', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({}, ['rover-1', 'rover-2']);
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    const complaints = await stage.closeTabs();
    expect(complaints).toEqual([]);
  });

  it('sign in, take control, drive: the pose changes, the picture plays, the robot stops when the key is let go', async () => {
    const page = await stage.enter('operator-1');
    await openRobot(page, 'rover-1');
    await takeControl(page);
    const before = await figure(page, 'x');
    await page.keyboard.down('ArrowUp');
    await eventually(() => figure(page, 'x')).toBeGreaterThan(before + 0.2);
    expect(await motionOf(page)).toBe('driving');
    await page.keyboard.up('ArrowUp');
    await eventually(() => figure(page, 'speed')).toBe(0);
    expect(await motionOf(page)).toBe('standing');
    const playedS = () => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
    await eventually(playedS).toBeGreaterThan(0.3);
  });

  it('two operators: control is asked for and handed over, and the first one’s keys stop working within 500 ms', async () => {
    const first = await stage.enter('operator-1');
    const second = await stage.enter('operator-2');
    for (const page of [first, second]) await openRobot(page, 'rover-1');
    await takeControl(first);
    await eventually(() => second.locator('.holder').textContent()).toContain('operator-1 drives');
    await first.keyboard.down('ArrowLeft');
    await first.keyboard.down('ArrowUp');
    await eventually(() => motionOf(second)).toBe('driving');
    await second.getByRole('button', { name: 'Ask for control' }).click();
    await eventually(() => first.getByRole('alertdialog').textContent()).toContain('operator-2 asks');
    await first.getByRole('button', { name: 'Hand over' }).click();
    await eventually(() => modeOf(second)).toBe('control');
    await eventually(() => modeOf(first)).toBe('view');
    // The keys of the first are held down all the while.
    const lostAt = (await seenBy(first)).modes.at(-1)?.at ?? 0;
    await eventually(async () => (await seenBy(second)).poses.at(-1)?.atMs ?? 0).toBeGreaterThan(
      lostAt + 1_500,
    );
    const late = (await seenBy(second)).poses.filter(({ atMs }) => atMs > lostAt + 500);
    expect(late.length).toBeGreaterThan(5);
    expect(late.filter(({ speed }) => speed !== 0)).toEqual([]);
    const before = await figure(second, 'heading');
    await second.keyboard.down('ArrowRight');
    await eventually(() => figure(second, 'heading')).not.toBe(before);
  });

  it('a viewer sees everything, cannot drive, and can stop', async () => {
    const driver = await stage.enter('operator-1');
    const viewer = await stage.enter('viewer-1');
    for (const page of [driver, viewer]) await openRobot(page, 'rover-1');
    expect(await viewer.getByRole('button', { name: /control/ }).count()).toBe(0);
    const before = await figure(viewer, 'x');
    await viewer.keyboard.down('ArrowUp');
    // And what a page of its own making would send is not obeyed.
    await viewer.waitForTimeout(600);
    expect(await figure(viewer, 'x')).toBe(before);
    await takeControl(driver);
    await driver.keyboard.down('ArrowLeft');
    await eventually(() => motionOf(viewer)).toBe('driving');
    await viewer.getByRole('button', { name: 'Stop' }).click();
    await eventually(() => motionOf(driver)).toBe('stopped');
    // It holds while the key does; whoever lets go and pushes again drives on.
    await driver.waitForTimeout(400);
    expect(await motionOf(driver)).toBe('stopped');
    await driver.keyboard.up('ArrowLeft');
    await driver.waitForTimeout(200);
    await driver.keyboard.down('ArrowRight');
    await eventually(() => motionOf(driver)).toBe('driving');
  });

  it('a tab is closed in the middle of a drive: the robot stops by itself, lives on, and is free at once', async () => {
    const driver = await stage.enter('operator-1');
    const other = await stage.enter('operator-2');
    for (const page of [driver, other]) await openRobot(page, 'rover-1');
    await takeControl(driver);
    await driver.keyboard.down('ArrowUp');
    await eventually(() => motionOf(other)).toBe('driving');
    await driver.close({ runBeforeUnload: false });
    await eventually(() => figure(other, 'speed')).toBe(0);
    await takeControl(other);
    await other.keyboard.down('ArrowDown');
    await eventually(() => figure(other, 'speed')).toBeLessThan(0);
    expect(stage.robot('rover-1').lines.filter((line) => line.startsWith('online as'))).toHaveLength(1);
  });

  it('two tabs of one person live side by side', async () => {
    const one = await stage.enter('operator-1');
    const two = await one.context().newPage();
    await two.goto(stage.url);
    await two.getByRole('button', { name: 'operator-1' }).click();
    await openRobot(two, 'rover-2');
    await openRobot(one, 'rover-1');
    await takeControl(one);
    await takeControl(two);
    await one.keyboard.down('ArrowUp');
    await eventually(() => figure(one, 'speed')).toBeGreaterThan(0);
    await two.close();
    await one.waitForTimeout(500);
    expect(await figure(one, 'speed')).toBeGreaterThan(0);
    expect(await modeOf(one)).toBe('control');
  });

  it('the stick drives, and so does a gamepad; the speed limit holds', async () => {
    const page = await stage.enter('operator-1');
    await openRobot(page, 'rover-2');
    await takeControl(page);
    const stick = page.locator('.stick');
    await stick.locator('> *').first().waitFor({ state: 'attached' });
    await stick.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await stick.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + height / 2 - 55, { steps: 4 });
    await eventually(() => figure(page, 'speed')).toBeGreaterThan(0.3);
    await page.mouse.up();
    await eventually(() => figure(page, 'speed')).toBe(0);

    await page.getByLabel('Speed limit').fill('0.2');
    await page.evaluate(() => {
      const pad = { id: 'Test pad', connected: true, axes: [0, 1] };
      Object.assign(navigator, { getGamepads: () => [null, pad] });
    });
    await eventually(() => figure(page, 'speed')).toBe(-0.2);
    expect(await page.locator('.hints').textContent()).toContain('Gamepad: Test pad.');
  });

  it('an admin takes control by force, and the holder sees who drives now', async () => {
    const driver = await stage.enter('operator-1');
    const admin = await stage.enter('admin-1');
    for (const page of [driver, admin]) await openRobot(page, 'rover-2');
    await takeControl(driver);
    await admin.getByRole('button', { name: 'Force control' }).click();
    await eventually(() => modeOf(admin)).toBe('control');
    await eventually(() => driver.locator('.holder').textContent()).toContain('admin-1 drives');
    expect(await driver.getByRole('button', { name: 'Force control' }).count()).toBe(0);
  });
});
