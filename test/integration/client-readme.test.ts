import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { seededPassword } from '../../local/stack/users.ts';
import { localOnly } from './support/emulator.ts';
import { startTestStack } from './support/target.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const entry = (name: string): string => pathToFileURL(inRepository(`client/src/${name}`)).href;

/** What stands for an account: each is in the example exactly once, or the example has changed. */
function inPlace(code: string, of: Readonly<Record<string, string>>): string {
  return Object.entries(of).reduce((text, [from, to]) => {
    expect(text.split(from), from).toHaveLength(2);
    return text.replace(from, () => to);
  }, code);
}

it.skipIf(localOnly)(
  '[local-only] the two examples of client/README.md run, and open a data channel with each other',
  async () => {
    const page = await readFile(inRepository('client/README.md'), 'utf8');
    const [forRobot = '', forPage = ''] = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
    const stack = await startTestStack();
    const { gateway, identity, clientIds } = stack.addresses;
    const folder = await mkdtemp(join(tmpdir(), 'heliograph-readme-'));
    await symlink(inRepository('node_modules'), join(folder, 'node_modules'));
    const robotCode = inPlace(forRobot, {
      "'@heliograph/client/node'": `'${entry('node.ts')}'`,
      "region: 'eu-central-1'": `endpoint: '${identity}'`,
      'robots-app-client': clientIds.robots,
      'wss://…/v1': gateway,
    });
    const pageCode = inPlace(forPage, {
      "'@heliograph/client'": `'${entry('index.ts')}'`,
      "'aws-amplify/auth'": "'./amplify.ts'",
      'wss://…/v1': gateway,
    });
    // A session of Amplify's shape, and what a page has: here it is werift's peer connection.
    const amplify = `import { RTCPeerConnection } from 'werift';
    import { cognitoTokens } from '${entry('node.ts')}';
    const signIn = { userName: 'operator-1', password: '${seededPassword}' };
    const { token } = cognitoTokens({ endpoint: '${identity}', clientId: '${clientIds.people}', signIn });
    Object.assign(globalThis, { RTCPeerConnection, show: (what) => console.log('shown:', what) });
    export const fetchAuthSession = async () => ({ tokens: { accessToken: (await token()).token } });`;
    await writeFile(join(folder, 'amplify.ts'), amplify);
    await writeFile(
      join(folder, 'robot.ts'),
      `${robotCode}\nclient.on('state', ({ status }) => console.log(status));`,
    );
    await writeFile(
      join(folder, 'page.ts'),
      `${pageCode}\nsetInterval(() => { if (channel.readyState === 'open') { console.log('the channel is open'); session.close(); } }, 50);`,
    );

    function start(name: 'robot' | 'page') {
      const child = spawn(process.execPath, [join(folder, `${name}.ts`)], {
        env: {
          PATH: process.env.PATH ?? '',
          ROBOT_PASSWORD: seededPassword,
          HELIOGRAPH_DATA_DIR: join(folder, 'state'),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said = { text: '' };
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          said.text += text;
        });
      const stop = async () => {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      };
      return { said, stop };
    }
    const stops: (() => Promise<void>)[] = [];
    try {
      const robot = start('robot');
      stops.push(robot.stop);
      await expect.poll(() => robot.said.text, { timeout: 15_000 }).toContain('ready');
      const operator = start('page');
      stops.push(operator.stop);
      await expect.poll(() => operator.said.text, { timeout: 15_000 }).toContain('the channel is open');
      expect(operator.said.text).toContain('shown: ready');
      await expect.poll(() => operator.said.text).toContain('shown: closed');
    } finally {
      for (const stop of stops) await stop();
      await stack.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
