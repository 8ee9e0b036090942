import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export type Coturn = {
  readonly host: string;
  readonly port: number;
  /** As `turnserver --version` says. */
  readonly version: string;
  /** What the server has answered to requests of a user so far, such as `ALLOCATE processed, success`. */
  answersTo(username: string): readonly string[];
  stop(): Promise<void>;
};

const host = '127.0.0.1';
const patienceMs = 15_000;

/**
 * Starts the `turnserver` of this machine on loopback, on a free port, over UDP alone, with credentials
 * by the REST scheme. It takes what any of the secrets has signed.
 *
 * @throws {Error} when there is none, or when it does not start: never skips.
 */
export async function startCoturn({ secrets }: { readonly secrets: readonly string[] }): Promise<Coturn> {
  const version = await versionOf();
  const folder = await mkdtemp(join(tmpdir(), 'heliograph-coturn-'));
  const port = await freeUdpPort();
  const configuration = join(folder, 'turnserver.conf');
  await writeFile(configuration, configurationOf({ folder, port, secrets }), { mode: 0o600 });

  const server = spawn('turnserver', ['-c', configuration], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(server, 'exit');
  let log = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (chunk) => {
      log += String(chunk);
    });
  }
  const stop = async () => {
    server.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(server, () => log);
  } catch (failure) {
    await stop();
    throw failure;
  }
  const answersTo = (username: string) =>
    log
      .split('\n')
      .flatMap((line) => line.split(`user <${username}>: incoming packet `).slice(1))
      .map((answer) => answer.trim());
  return { host, port, version, answersTo, stop };
}

function configurationOf(of: { folder: string; port: number; secrets: readonly string[] }): string {
  return [
    `listening-ip=${host}`,
    `relay-ip=${host}`,
    `listening-port=${of.port}`,
    'realm=heliograph.test',
    'use-auth-secret',
    ...of.secrets.map((secret) => `static-auth-secret=${secret}`),
    // Both peers of the tests are on this machine.
    'allow-loopback-peers',
    'no-cli',
    'no-tcp',
    'no-tls',
    'no-dtls',
    'no-rfc5780',
    `pidfile=${join(of.folder, 'turnserver.pid')}`,
    `userdb=${join(of.folder, 'turndb')}`,
    'log-file=stdout',
    'verbose',
    '',
  ].join('\n');
}

async function versionOf(): Promise<string> {
  const child = spawn('turnserver', ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let version = '';
  child.stdout.on('data', (chunk) => {
    version += String(chunk);
  });
  try {
    await once(child, 'close');
  } catch (cause) {
    throw new Error(
      'There is no `turnserver` on this machine. Install coturn (Debian, Ubuntu: apt-get install coturn).',
      { cause },
    );
  }
  return version.trim();
}

/** Whoever else takes it in the meantime makes the server fail, and the test with it: clearly. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Waits for the line that says so, and fails with what was said instead. */
async function listening(server: ChildProcess, log: () => string): Promise<void> {
  const ended = new AbortController();
  server.once('exit', () => ended.abort());
  const until = Date.now() + patienceMs;
  while (!/UDP listener opened on/.test(log())) {
    if (ended.signal.aborted || Date.now() > until) {
      throw new Error(`turnserver does not listen on its port. It said:\n${log()}`);
    }
    await setTimeout(20);
  }
}
