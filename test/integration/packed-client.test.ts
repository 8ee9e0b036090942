import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { requireSameTypes } from '../../client/build/declarations.ts';
import { protocolTypesText } from '../../client/build/protocol-types.ts';
import * as browserSource from '../../client/src/index.ts';
import { exitCodes } from '../../client/src/node/cli/exit-codes.ts';
import * as nodeSource from '../../client/src/node.ts';

import { seededPassword } from '../../local/stack/users.ts';
import { type Installed, inRepository, installAgain, installPacked } from '../support/installed.ts';
import { bundlePage } from './packed-client/bundle-page.ts';
import { compile } from './packed-client/compile.ts';
import { misuses, preamble } from './packed-client/misuses.ts';
import { localOnly } from './support/emulator.ts';
import { sdkClient } from './support/sdk.ts';
import { startTestStack } from './support/target.ts';

const program = (name: string): string =>
  fileURLToPath(new URL(`packed-client/programs/${name}`, import.meta.url));
const source = (name: string): Promise<string> => readFile(program(name), 'utf8');
const execute = promisify(execFile);

const manifestSchema = z.object({
  name: z.literal('@heliograph/client'),
  exports: z.record(z.string(), z.union([z.string(), z.object({ types: z.string(), default: z.string() })])),
  bin: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })),
});

describe.skipIf(localOnly)('[local-only] the package, packed and installed', () => {
  let robot: Installed;
  let inPackage: (...path: readonly string[]) => string;
  beforeAll(async () => {
    robot = await installPacked(['commander', 'ws']);
    inPackage = (...path) => join(robot.project, 'node_modules', '@heliograph', 'client', ...path);
  });
  afterAll(() => robot.remove());

  it('has what its manifest names, and nothing that is not for those who install it', async () => {
    const manifest = manifestSchema.parse(JSON.parse(await readFile(inPackage('package.json'), 'utf8')));
    const named = [
      ...Object.values(manifest.exports).flatMap((entry) =>
        typeof entry === 'string' ? entry : Object.values(entry),
      ),
      ...Object.values(manifest.bin),
    ].map((path) => path.replace(/^\.\//, ''));
    // What the container's build copies by pattern.
    expect(basename(robot.tarball)).toMatch(/^heliograph-client-.+\.tgz$/);
    for (const path of [...named, 'README.md', 'LICENSE']) expect(robot.files).toContain(path);
    expect(
      robot.files.filter(
        (path) => !/^(dist\/|docs\/|examples\/|README\.md$|LICENSE$|package\.json$)/.test(path),
      ),
    ).toEqual([]);
    expect(robot.files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
    expect(manifest.dependencies).toEqual({ commander: expect.any(String) });
    expect(manifest.peerDependencies).toEqual({ ws: expect.any(String) });
    expect(manifest.peerDependenciesMeta).toEqual({ ws: { optional: true } });
    expect(await readFile(inPackage('LICENSE'), 'utf8')).toBe(
      await readFile(inRepository('LICENSE'), 'utf8'),
    );
    // A map for each module, with the sources in it: they are not in the package.
    for (const path of robot.files.filter((each) => each.endsWith('.js'))) {
      expect(robot.files).toContain(`${path}.map`);
      const map = z.object({ sources: z.array(z.string()), sourcesContent: z.array(z.string()) });
      const { sources, sourcesContent } = map.parse(
        JSON.parse(await readFile(inPackage(`${path}.map`), 'utf8')),
      );
      expect(sourcesContent).toHaveLength(sources.length);
    }
  });

  it('no link of its pages leads outside of it, and each leads to something', async () => {
    const pages = robot.files.filter((path) => path.endsWith('.md'));
    expect(pages).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/protocol.md',
        'docs/reconnecting.md',
        'examples/driver/README.md',
      ]),
    );
    const targets: string[] = [];
    for (const page of pages) {
      const text = await readFile(inPackage(page), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^(https?:|mailto:|#)/.test(target)) continue;
        targets.push(posix.join(posix.dirname(page), target.replace(/#.*$/, '')));
      }
    }
    expect(targets.length).toBeGreaterThan(5);
    expect(targets.filter((target) => !robot.files.includes(target))).toEqual([]);
    // The same words as in the repository, where they link to what is there.
    const words = (text: string): string => text.replace(/\]\([^)\s]+\)/g, ']');
    expect(words(await readFile(inPackage('README.md'), 'utf8'))).toBe(
      words(await readFile(inRepository('client', 'README.md'), 'utf8')),
    );
  });

  it('packed without that it is refused, with the command that does it', async () => {
    const packing = execute('npm', ['pack', './client', '--dry-run'], { cwd: inRepository() });
    await expect(packing).rejects.toThrow('npm run pack:client');
  });

  it('every entry resolves, and gives what the sources give', async () => {
    const ask = `const names = {};
      for (const entry of ['@heliograph/client', '@heliograph/client/node']) names[entry] = Object.keys(await import(entry)).sort();
      const inner = await import('@heliograph/client/dist/index.js').then(() => 'found', ({ code }) => code);
      const { version } = (await import('@heliograph/client/package.json', { with: { type: 'json' } })).default;
      const [page, node] = [await import('@heliograph/client'), await import('@heliograph/client/node')];
      const required = (await import('node:module')).createRequire(import.meta.url)('@heliograph/client');
      const isOne = page.TokenUnavailable === node.TokenUnavailable && page.TokenUnavailable === required.TokenUnavailable;
      console.log(JSON.stringify({ names, inner, version, isOne }));`;
    await writeFile(join(robot.project, 'ask.mjs'), ask);
    const { stdout } = await execute(process.execPath, ['ask.mjs'], { cwd: robot.project });
    expect(JSON.parse(stdout)).toEqual({
      names: {
        '@heliograph/client': Object.keys(browserSource).sort(),
        '@heliograph/client/node': Object.keys(nodeSource).sort(),
      },
      inner: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      // Two entries, and `require`: one library. An error of the one is an instance of the other's class.
      isOne: true,
    });
  });

  it('its types need nothing but TypeScript: strict, in Node and in a page', async () => {
    for (const path of robot.files.filter((each) => each.endsWith('.d.ts'))) {
      const text = await readFile(inPackage(path), 'utf8');
      const from = [...text.matchAll(/(?:from\s+|import\(|<reference [^>]*)['"]([^'"]+)/g)].map(
        ([, name]) => name,
      );
      expect(
        from.filter((name) => !name?.startsWith('.')),
        path,
      ).toEqual([]);
    }
    const { project } = robot;
    expect(await compile(project, { as: 'node', sources: { 'usage.ts': await source('usage.ts') } })).toEqual(
      [],
    );
    expect(await compile(project, { as: 'page', sources: { 'page.ts': await source('page.ts') } })).toEqual(
      [],
    );
  });

  it('misuse that types can catch does not compile', async () => {
    const first = preamble.split('\n').length;
    const sources = Object.fromEntries(
      misuses.map(({ code }, index) => [`misuse-${index}.ts`, `${preamble}${code}\n`]),
    );
    const found = await compile(robot.project, { as: 'node', sources: { ...sources, 'none.ts': preamble } });
    const told = misuses.map(({ what }, index) => ({
      what,
      errors: found.filter(({ file }) => file === `misuse-${index}.ts`),
    }));
    expect(told).toEqual(
      misuses.map(({ what, error }, index) => ({
        what,
        errors: [{ file: `misuse-${index}.ts`, line: first, code: error }],
      })),
    );
    expect(found).toHaveLength(misuses.length);
  });

  it('the examples of its README compile', async () => {
    const page = await readFile(inPackage('README.md'), 'utf8');
    const [forRobot = '', forPage = ''] = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
    const { project } = robot;
    const werift = [inRepository('node_modules', 'werift', 'lib', 'webrtc', 'src', 'index.d.ts')];
    expect(
      await compile(project, { as: 'node', sources: { 'example.ts': forRobot }, paths: { werift } }),
    ).toEqual([]);
    const amplify = `declare module 'aws-amplify/auth' {
      export function fetchAuthSession(of?: { forceRefresh?: boolean }): Promise<{
        tokens?: { accessToken: { toString(): string }; idToken?: { toString(): string } };
      }>;
    }
    declare function show(what: string): void;`;
    const sources = { 'example.ts': `${forPage}\nvoid channel;`, 'amplify.d.ts': amplify };
    expect(await compile(project, { as: 'page', sources })).toEqual([]);
  });

  it('the build fails when the types that it spells out are not those of the source', async () => {
    const work = inRepository('client', `.build-test-${process.pid}`);
    await mkdir(work, { recursive: true });
    const check = (spelled: string) => requireSameTypes({ client: inRepository('client'), work, spelled });
    try {
      const right = protocolTypesText();
      const wrong = right.replace('readonly "seq": number;', 'readonly "seq": string;');
      expect(wrong).not.toBe(right);
      await expect(check(wrong)).rejects.toThrow('same-types.ts');
      await expect(check(right.replace('"busy" | ', ''))).rejects.toThrow('same-types.ts');
      await expect(check(right)).resolves.toBeUndefined();
    } finally {
      await rm(work, { recursive: true });
    }
  });

  it('npx runs heliograph-robot from the install', async () => {
    const help = await robot.npm('exec', '--', 'heliograph-robot', '--help');
    for (const command of ['login', 'status', 'refresh', 'run', 'logout'])
      expect(help).toContain(`${command} `);
  });

  it('without `ws` heliograph-robot says what to install', async () => {
    const page = await installAgain(robot, ['commander']);
    try {
      const bin = join(page.project, 'node_modules', '.bin', 'heliograph-robot');
      await expect(execute(bin, ['status'], { cwd: page.project })).rejects.toMatchObject({
        code: exitCodes.calledWrongly,
        stderr: expect.stringMatching(/^heliograph-robot connects by .*npm install ws\n$/),
      });
    } finally {
      await page.remove();
    }
  });

  it('a robot on the package, and a page bundled by Vite, speak with each other', async () => {
    // A page needs nothing beside it: `ws` is not there.
    const page = await installAgain(robot, ['commander']);
    const stack = await startTestStack();
    const { gateway, identity, clientIds } = stack.addresses;
    await cp(program('robot.mjs'), join(robot.project, 'robot.mjs'));
    const child = spawn(process.execPath, ['robot.mjs'], {
      cwd: robot.project,
      env: {
        PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
        HELIOGRAPH_URL: gateway,
        HELIOGRAPH_IDENTITY: identity,
        HELIOGRAPH_CLIENT_ID: clientIds.robots,
        HELIOGRAPH_PASSWORD: seededPassword,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'close');
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    try {
      const bundle = await bundlePage(page.project);
      process.stdout.write(
        `@heliograph/client in a Vite bundle: ${kilobytes(bundle.bytes)} minified, ${kilobytes(bundle.gzipped)} gzipped\n`,
      );
      expect(bundle.gzipped).toBeLessThanOrEqual(15 * 1024);
      expect(bundle.code).not.toMatch(/node:|\bzod\b|_zod|__vite-browser-external/);
      expect(bundle.imports).toEqual([]);
      expect(bundle.modules.filter((id) => !/page\.ts$|\/@heliograph\/client\/dist\//.test(id))).toEqual([]);

      await expect.poll(() => said, { timeout: 10_000 }).toContain('ready');
      const settings = JSON.stringify({
        url: gateway,
        endpoint: identity,
        clientId: clientIds.people,
        userName: 'operator-1',
        password: seededPassword,
      });
      const args = [program('call-page.mjs'), bundle.path, settings];
      const { stdout } = await execute(process.execPath, args, { cwd: page.project, timeout: 20_000 });
      expect(JSON.parse(stdout)).toEqual({ echo: { hello: 'robot' } });
    } finally {
      child.kill('SIGTERM');
      await exit;
      await Promise.all([stack.close(), page.remove()]);
    }
  });

  it('the driver of the examples runs heliograph-robot from the install, and ends with its exit code', async () => {
    const stack = await startTestStack();
    const { gateway, identity, clientIds } = stack.addresses;
    const nodePath = dirname(process.execPath);
    const env = {
      PATH: [nodePath, join(robot.project, 'node_modules', '.bin')].join(delimiter),
      HELIOGRAPH_DATA_DIR: join(robot.project, 'state'),
      HELIOGRAPH_USER: 'rover-2',
      HELIOGRAPH_CLIENT_ID: clientIds.robots,
      HELIOGRAPH_IDENTITY: identity,
      HELIOGRAPH_URL: gateway,
    };
    const drive = (more: Record<string, string> = {}) => {
      const child = spawn(process.execPath, [inRepository('examples', 'driver', 'drive.mjs')], {
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const log = { text: '' };
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          log.text += text;
        });
      }
      return { child, log, exit: once(child, 'close').then(([code]) => Number(code)) };
    };
    try {
      const notFound = drive({ PATH: nodePath });
      expect(await notFound.exit).toBe(exitCodes.calledWrongly);
      expect(notFound.log.text).toContain('cannot be started');
      const unset = drive({ HELIOGRAPH_URL: '' });
      expect(await unset.exit).toBe(exitCodes.calledWrongly);
      expect(unset.log.text).toContain('HELIOGRAPH_URL');
      const signedOut = drive();
      expect(await signedOut.exit).toBe(exitCodes.failed);
      expect(signedOut.log.text).toContain('closed sign_in_required');

      const login = { cwd: robot.project, env: { ...env, HELIOGRAPH_PASSWORD: seededPassword } };
      await execute(join(robot.project, 'node_modules', '.bin', 'heliograph-robot'), ['login'], login);
      const running = drive();
      await expect.poll(() => running.log.text, { timeout: 10_000 }).toContain('ready');
      const operator = sdkClient(stack.addresses, 'operator-1');
      operator.start();
      const session = await nodeSource.createOperatorEndpoint(operator).open('rover-2', 'control');
      const heard: unknown[] = [];
      session.on('signal', ({ data }) => heard.push(data));
      session.send('offer', { type: 'offer', sdp: 'v=0 secret' });
      session.send('custom', { turn: 'left' });
      await expect.poll(() => heard).toEqual([{ echo: { turn: 'left' } }]);
      operator.close();
      await expect.poll(() => running.log.text).toContain(`session ${session.sessionId} has ended`);
      running.child.kill('SIGTERM');
      expect(await running.exit).toBe(exitCodes.done);
      // I9: what would be in the journal has no token, no SDP, and nothing of a session but its name.
      expect(running.log.text).not.toMatch(/eyJ|sdp|secret|urls|credential|turn/);
    } finally {
      await stack.close();
    }
  });
});

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;
