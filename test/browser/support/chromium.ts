import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Pages that are not in front are used as much as the one that is.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--autoplay-policy=no-user-gesture-required',
];

/**
 * A real Chromium: the one of `HELIOGRAPH_CHROMIUM`, one of the system, else the one inside
 * `@sparticuz/chromium` with the libraries that it brings, so that nothing needs to be installed.
 */
export async function launchChromium(): Promise<Browser> {
  const given = process.env.HELIOGRAPH_CHROMIUM;
  const found = given === 'bundled' ? undefined : (given ?? installed.find((path) => existsSync(path)));
  if (found !== undefined) return chromium.launch({ executablePath: found, args: flags });
  const { executablePath, libraries, fonts } = await unpackBundled();
  const env = { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: fonts };
  return chromium.launch({ executablePath, args: flags, env: env as Record<string, string> });
}

/** Unpacked once a machine; by two at once each into a folder of its own, and the first one stays. */
async function unpackBundled(): Promise<{ executablePath: string; libraries: string; fonts: string }> {
  const folder = join(tmpdir(), 'heliograph-chromium-153');
  if (!existsSync(folder)) {
    const own = `${folder}.${process.pid}`;
    await mkdir(own, { recursive: true });
    await unpackInto(own);
    // The package's own names folders of another system, and without a font Chromium ends at its first letter.
    await writeFile(
      join(own, 'fonts', 'fonts.conf'),
      `<?xml version="1.0"?><fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>`,
    );
    await rename(own, folder).catch(() => rm(own, { recursive: true, force: true }));
  }
  return {
    executablePath: join(folder, 'chromium'),
    libraries: join(folder, 'al2023', 'lib'),
    fonts: join(folder, 'fonts'),
  };
}

/** The package unpacks into the folder of temporary files, wherever that is at the moment. */
async function unpackInto(folder: string): Promise<void> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const { default: bundled, inflate } = await import('@sparticuz/chromium');
    const bin = join(import.meta.dirname, '../../../node_modules/@sparticuz/chromium/bin');
    await bundled.executablePath(bin);
    await inflate(join(bin, 'al2023.tar.br'));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}
