import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { LocalStack } from '../../../local/stack/local-stack.ts';
import type { LocalStackOptions } from '../../../local/stack/options.ts';
import { seededPassword } from '../../../local/stack/users.ts';
import { startConsoleServer } from '../../../local/start/console-server.ts';
import { createFaultDesk } from '../../../local/start/fault-desk.ts';
import { startTestStack } from '../../integration/support/target.ts';
import { startRobot } from '../../integration/support/webrtc-peers.ts';
import { launchChromium } from './chromium.ts';
import { watchPeers } from './watch-peers.ts';

/** The console, the system behind it, its robots, and a browser. */
export type Stage = {
  readonly url: string;
  readonly stack: LocalStack;
  readonly browser: Browser;
  /** What pages have said to the browser's console of errors and warnings, since it was asked last. */
  complaints(): string[];
  robot(name: string): ReturnType<typeof startRobot>;
  /** A tab of its own. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** A tab in which this user has signed in. */
  enter(userName: string, options?: BrowserContextOptions): Promise<Page>;
  /** Closes all tabs; what they complained of until then. */
  closeTabs(): Promise<string[]>;
  close(): Promise<void>;
};

/** A busy machine is no failure; what has a bound of its own is measured. */
export const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 15_000 });

export async function startStage(
  options: Partial<LocalStackOptions> = {},
  robots: readonly string[] = ['rover-1'],
): Promise<Stage> {
  const stack = await startTestStack({ cleanupEveryMs: 200, ...options });
  const server = await startConsoleServer({ port: 0, serveEvents: (response) => response.end() });
  const desk = createFaultDesk(stack);
  const [, second] = stack.gateways;
  server.show({
    addresses: {
      console: server.url,
      ...stack.addresses,
      ...(second === undefined ? {} : { secondGateway: second.url }),
    },
    act: desk.act,
    environment: stack.environment,
  });
  server.prepare();
  const running = new Map(robots.map((name) => [name, startRobot(stack.addresses, name)]));
  const browser = await launchChromium();
  const complaints: string[] = [];

  async function open(context: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext({ locale: 'en-GB', ...context })).newPage();
    watch(page, complaints);
    await page.addInitScript(watchPeers);
    await page.goto(server.url);
    await page.locator('h1').waitFor();
    return page;
  }

  return {
    url: server.url,
    stack,
    browser,
    complaints: () => complaints.splice(0),
    async closeTabs() {
      // What a socket says that is cut off by the end of its tab is nobody's fault.
      const said = complaints.splice(0);
      // The bundled browser keeps the sockets of a context that is closed as it is, until nobody answers there.
      const pages = browser.contexts().flatMap((context) => context.pages());
      await Promise.all(pages.map((page) => page.goto('about:blank').catch(() => undefined)));
      for (const context of browser.contexts()) await context.close();
      complaints.length = 0;
      return said;
    },
    robot(name) {
      const robot = running.get(name);
      if (robot === undefined) throw new Error(`${name} does not run.`);
      return robot;
    },
    open,
    async enter(userName, context) {
      const page = await open(context);
      await signIn(page, userName);
      await page.getByRole('heading', { name: 'Robots' }).waitFor();
      return page;
    },
    async close() {
      await browser.close();
      for (const robot of running.values()) await robot.stop();
      desk.close();
      await server.close();
      await stack.close();
    },
  };
}

export function watch(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (failure) => complaints.push(failure.message));
}

export async function signIn(page: Page, userName: string, password = seededPassword): Promise<void> {
  await page.getByLabel('User name').fill(userName);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Opens the robot's page, and waits until it says where it is. */
export async function openRobot(page: Page, robotId: string): Promise<void> {
  await page.getByRole('link', { name: `Open ${robotId}` }).click();
  await page.locator('[data-figure="x"]').filter({ hasText: /\d/ }).waitFor();
}

export async function takeControl(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Take control' }).click();
  await page.locator('.holder[data-mode="control"]').waitFor();
}

export const modeOf = (page: Page): Promise<string | null> =>
  page.locator('.holder').getAttribute('data-mode');
export const motionOf = (page: Page): Promise<string | null> =>
  page.locator('.motion').getAttribute('data-motion');
export const countOf = async (page: Page, name: string): Promise<number> =>
  Number(await page.locator(`[data-count="${name}"]`).textContent());

/** A figure of the pose as it is shown; NaN while there is none. */
export async function figure(page: Page, name: 'x' | 'y' | 'heading' | 'speed'): Promise<number> {
  return Number((await page.locator(`[data-figure="${name}"]`).textContent()) ?? Number.NaN);
}

/** Opens the menu, and breaks that. */
export async function breakIt(page: Page, name: string): Promise<void> {
  const menu = page.locator('details.break');
  if ((await menu.getAttribute('open')) === null) await menu.locator('summary').click();
  await menu.getByRole('button', { name, exact: true }).click();
}

/** A page of operator-1 from which rover-1 is driven in a circle. */
export async function drivingPage(stage: Stage): Promise<Page> {
  const page = await stage.enter('operator-1');
  await openRobot(page, 'rover-1');
  await takeControl(page);
  await page.keyboard.down('ArrowLeft');
  await page.keyboard.down('ArrowUp');
  await eventually(() => figure(page, 'speed')).toBeGreaterThan(0);
  return page;
}

/** What pages have complained of, but for the cut of a socket, which the browser tells by itself. */
export function besidesCuts(complaints: readonly string[]): readonly string[] {
  return complaints.filter((text) => !text.includes('WebSocket connection to'));
}
