import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { localOnly } from '../integration/support/emulator.ts';
import {
  besidesCuts,
  breakIt,
  countOf,
  drivingPage,
  eventually,
  figure,
  modeOf,
  type Stage,
  startStage,
} from './support/stage.ts';
import { seenBy, watchPauses } from './support/watch-peers.ts';

/** A ping every 20 s while a session is open, and 10 s for its answer. */
const halfOpenIsFoundWithinMs = 30_000;

/** The others are shown by recovery.test.ts. */
const elsewhere = [
  'Cut the socket',
  'Expire the token',
  'Revoke me',
  "Kill the robot's socket",
  'Drop the next $disconnect',
  'Fail the identity service for a minute',
];
const here = ['Leave it half-open', 'Switch region'];

describe.skipIf(localOnly)('[local-only] the menu of what can be broken, over two regions', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ regions: 2 });
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    expect(besidesCuts(await stage.closeTabs())).toEqual([]);
  });

  async function startDriving() {
    const page = await drivingPage(stage);
    return { page, pauses: await watchPauses(page) };
  }
  type Driving = Awaited<ReturnType<typeof startDriving>>;

  /** Back in control by the same peer connection, and the robot drives as if nothing had been. */
  async function expectDrivingOn({ page, pauses }: Driving): Promise<void> {
    expect(await modeOf(page)).toBe('control');
    const before = await figure(page, 'heading');
    await eventually(() => figure(page, 'heading')).not.toBe(before);
    expect((await seenBy(page)).peers).toBe(1);
    expect((await pauses.end()).oursMs).toBeLessThan(1_000);
  }

  it('has nothing in it that no test shows', async () => {
    const page = await stage.enter('operator-1');
    await page.locator('details.break summary').click();
    const names = await page.locator('details.break button').allTextContents();
    expect(names.sort()).toEqual([...elsewhere, ...here].sort());
  });

  it('half-open: nothing is said at first, the heartbeat finds out, and the page is back; driving goes on all the while', async () => {
    const driving = await startDriving();
    const { page } = driving;
    const brokenAt = Date.now();
    await breakIt(page, 'Leave it half-open');
    expect(await page.locator('.told').last().textContent()).toContain('The heartbeat finds out');
    expect(await page.locator('.chip').textContent()).toContain('connected');
    const patience = { timeout: halfOpenIsFoundWithinMs + 15_000 };
    await expect.poll(() => countOf(page, 'resumes'), patience).toBe(1);
    const { notes } = await seenBy(page);
    const lostAt = notes.find(({ text }) => text.startsWith('The connection is lost'))?.at ?? Number.NaN;
    const backAt = notes.find(({ text }) => text.startsWith('Back, with the same'))?.at ?? Number.NaN;
    process.stdout.write(
      `console: a half-open socket was found after ${lostAt - brokenAt} ms, and the page back ${backAt - lostAt} ms later\n`,
    );
    // The machine's own delay beside it.
    expect(lostAt - brokenAt).toBeLessThan(halfOpenIsFoundWithinMs + 2_000);
    expect(backAt - lostAt).toBeLessThan(3_000);
    await expectDrivingOn(driving);
  });

  it('switch region: the next connection goes to the other one, with the same sessions; and back again', async () => {
    const driving = await startDriving();
    const { page } = driving;
    for (const [index, region] of ['eu-west-1', 'us-east-1'].entries()) {
      await breakIt(page, 'Switch region');
      await eventually(() => countOf(page, 'resumes')).toBe(index + 1);
      expect(await page.locator('.region').textContent()).toBe(region);
      await eventually(() => page.locator('.events').textContent()).toContain(`From now on by ${region}.`);
      const [home, other] = stage.stack.gateways.map((gateway) => gateway.connections().length);
      // The robot stays at home; the page is where it says to be.
      expect([home, other]).toEqual(region === 'eu-west-1' ? [1, 1] : [2, 0]);
      await expectDrivingOn(driving);
    }
  });

  it('what is gone already is said to be', async () => {
    const page = await stage.enter('operator-1');
    const gone = JSON.stringify({ what: 'cut', connectionId: 'of-yesterday' });
    await page.route('**/local/break', (route) => route.continue({ postData: gone }));
    await breakIt(page, 'Cut the socket');
    await eventually(() => page.locator('.break .told').textContent()).toContain('it is gone already');
    await page.route('**/local/break', (route) => route.abort());
    await breakIt(page, 'Cut the socket');
    await eventually(() => page.locator('.break .told').textContent()).toContain('Does npm start still run?');
    const said = stage.complaints().filter((text) => !/status of 404|ERR_FAILED/.test(text));
    expect(said).toEqual([]);
  });
});
