import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildConsole } from '../../console/build.ts';
import { localOnly } from '../integration/support/emulator.ts';
import { breakIt, eventually, openRobot, type Stage, startStage, takeControl } from './support/stage.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Rules of WCAG 2.2 AA and best practices that are broken, with the places. */
async function faultsOf(page: Page): Promise<string[]> {
  // The page's own policy lets nothing in; this comes by the debugger.
  await page.evaluate(await readFile(axe, 'utf8'));
  return page.evaluate(async () => {
    type Found = { violations: { id: string; impact: string; nodes: { html: string }[] }[] };
    const { axe } = window as unknown as { axe: { run(): Promise<Found> } };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
  });
}

describe.skipIf(localOnly)('[local-only] the console is for everybody', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    const complaints = await stage.closeTabs();
    expect(complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('axe finds no serious fault, in %s', async (colorScheme) => {
    const page = await stage.open({ colorScheme });
    expect(await faultsOf(page), 'sign-in').toEqual([]);
    await page.getByRole('button', { name: 'operator-1' }).click();
    await page.getByRole('link', { name: 'Open rover-1' }).waitFor();
    expect(await faultsOf(page), 'fleet').toEqual([]);
    await openRobot(page, 'rover-1');
    await takeControl(page);
    await page.locator('details.break summary').click();
    await page.locator('.stick > *').first().waitFor({ state: 'attached' });
    expect(await faultsOf(page), 'driving').toEqual([]);
    await breakIt(page, 'Revoke me');
    await page.getByRole('heading', { name: 'Your access was revoked.' }).waitFor();
    expect(await faultsOf(page), 'refused').toEqual([]);
  });

  it('360 px: nothing is cut off or scrolls sideways', async () => {
    const page = await stage.open({ viewport: { width: 360, height: 720 } });
    const isTooWide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(await isTooWide()).toBe(false);
    await page.getByRole('button', { name: 'operator-2' }).click();
    await page.getByRole('link', { name: 'Open rover-1' }).waitFor();
    expect(await isTooWide()).toBe(false);
    await openRobot(page, 'rover-1');
    await takeControl(page);
    expect(await isTooWide()).toBe(false);
  });

  it('a telephone: whoever looks on has the stop button at hand, wherever they have scrolled to', async () => {
    const page = await stage.enter('viewer-1', { viewport: { width: 360, height: 640 } });
    await openRobot(page, 'rover-1');
    for (const at of [0, 400, 100_000]) {
      await page.evaluate((top) => scrollTo(0, top), at);
      const box = await page.getByRole('button', { name: 'Stop' }).boundingBox();
      expect(box?.y).toBeGreaterThan(320);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(640);
      expect(box?.width).toBeGreaterThan(300);
    }
    // The last thing of the page is not behind it.
    const last = await page.locator('details.break summary').boundingBox();
    const stop = await page.getByRole('button', { name: 'Stop' }).boundingBox();
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(stop?.y ?? 0);
    await page.getByRole('button', { name: 'Stop' }).click();
    await eventually(() => page.locator('.motion').getAttribute('data-motion')).toBe('stopped');
  });

  it('all by keyboard: sign in, open, take control, stop; the focus is seen', async () => {
    const page = await stage.open();
    await page.keyboard.type('operator-2');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Heliograph-1!');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Open rover-1' }).waitFor();
    await tabTo(page, 'Open rover-1');
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement ?? document.body).outlineWidth,
    );
    expect(outline).toBe('3px');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Take control' }).waitFor();
    await tabTo(page, 'Take control');
    await page.keyboard.press('Enter');
    await eventually(() => page.locator('.holder').getAttribute('data-mode')).toBe('control');
    await page.keyboard.press('Escape');
    await eventually(() => page.locator('.motion').getAttribute('data-motion')).toBe('stopped');
  });
});

async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 30; i += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => document.activeElement?.textContent?.trim());
    if (at === name) return;
  }
  throw new Error(`${name} cannot be reached with Tab.`);
}

it('the first load is at most 150 KB of gzipped script', async () => {
  const folder = await buildConsole();
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const scripts = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name ?? '');
  expect(scripts.length).toBeGreaterThan(0);
  const size = async (name: string) => gzipSync(await readFile(join(folder, name))).length / 1024;
  const first = (await Promise.all(scripts.map(size))).reduce((sum, one) => sum + one, 0);
  const files = (await readdir(join(folder, 'assets'))).filter((name) => name.endsWith('.js'));
  const all = (await Promise.all(files.map((name) => size(`assets/${name}`)))).reduce(
    (sum, one) => sum + one,
    0,
  );
  process.stdout.write(
    `console: ${first.toFixed(1)} KB of gzipped script at first, ${all.toFixed(1)} KB in all\n`,
  );
  expect(first).toBeLessThanOrEqual(150);
});
