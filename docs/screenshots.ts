import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { breakIt, openRobot, type Stage, startStage, takeControl } from '../test/browser/support/stage.ts';

const folder = join(import.meta.dirname, 'images');
const wide: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const phone: BrowserContextOptions = { viewport: { width: 360, height: 760 }, deviceScaleFactor: 2 };

/** Takes the pictures of the console anew, on a stack of its own: `node docs/screenshots.ts`. Look at each. */
async function takeAll(stage: Stage): Promise<void> {
  const driver = await stage.enter('operator-1', wide);
  await openRobot(driver, 'rover-1');
  await takeControl(driver);
  const fleet = await stage.enter('operator-2', { ...wide, colorScheme: 'dark' });
  await fleet.getByText('operator-1 drives it').waitFor();
  await picture(fleet, 'fleet');

  await driveAround(driver);
  await picture(driver, 'driving', true);
  await driver.context().setOffline(true);
  for (const { connectionId } of stage.stack.gateways[0]?.connections() ?? []) {
    stage.stack.gateways[0]?.faults.cut(connectionId);
  }
  await driver.locator('.chip.recovering').waitFor();
  await driver.waitForTimeout(1_000);
  await picture(driver, 'recovering');
  await driver.context().setOffline(false);
  await driver.locator('.chip.ready').waitFor();
  await breakIt(driver, 'Revoke me');
  await driver.getByRole('heading', { name: 'Your access was revoked.' }).waitFor();
  await picture(driver, 'refused');

  const small = await stage.enter('operator-2', phone);
  await openRobot(small, 'rover-2');
  await takeControl(small);
  await driveAround(small);
  // What a thumb has before it; a picture of the whole page would show the button that stays at hand in its middle.
  await small.locator('.map').evaluate((map) => map.scrollIntoView());
  await picture(small, 'phone');
}

async function driveAround(page: Page): Promise<void> {
  await page.keyboard.down('ArrowUp');
  await page.waitForTimeout(2_500);
  await page.keyboard.down('ArrowLeft');
  await page.waitForTimeout(2_500);
}

async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  await page.screenshot({ path: join(folder, `console-${name}.png`), fullPage });
}

const stage = await startStage({}, ['rover-1', 'rover-2', 'rover-3']);
try {
  await takeAll(stage);
} finally {
  await stage.close();
}
