import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { sessionVariables } from '../../../client/src/node/cli/driver.ts';
import { exitCodes } from '../../../client/src/node/cli/exit-codes.ts';
import { identityOf, setting, settingNames } from '../../../client/src/node/cli/settings.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

const unit = text('examples/systemd/heliograph-robot.service');
const unitEnv = text('examples/systemd/robot.env');
const dockerfile = text('examples/container/Dockerfile');
const compose = text('examples/container/compose.yaml');
const pages = ['examples/systemd/README.md', 'examples/container/README.md', 'examples/driver/README.md'].map(
  text,
);
const clientPage = text('client/README.md');

/** `NAME=value` or `NAME: value`, a line each. */
const environmentOf = (lines: string): Record<string, string> =>
  Object.fromEntries(
    [...lines.matchAll(/^\s*(?:ENV |Environment=)?([A-Z][A-Z_]+)(?:=|: )(.+)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]),
  );

/** A unit's settings by section; one that is given twice is an error here. */
function sectionsOf(lines: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let current: Record<string, string> | undefined;
  for (const line of lines.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const [, section] = /^\[(\w+)\]$/.exec(line) ?? [];
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (section !== undefined) {
      current = {};
      sections[section] = current;
    } else if (name !== undefined && value !== undefined && current !== undefined && !(name in current)) {
      current[name] = value;
    } else {
      throw new Error(`Not a line of a unit: ${line}`);
    }
  }
  return sections;
}

describe('the examples of robots as services', () => {
  const known = [
    ...Object.values(settingNames).map(([, variable]) => variable),
    'HELIOGRAPH_DATA_DIR',
    'HELIOGRAPH_PASSWORD',
    ...Object.values(sessionVariables),
  ];

  it('name no variable that heliograph-robot does not read', () => {
    for (const each of [unit, unitEnv, dockerfile, compose, ...pages]) {
      for (const [name] of each.matchAll(/\b(?:HELIOGRAPH|AWS)_[A-Z_]+\b/g)) expect(known).toContain(name);
    }
  });

  it.each([
    ['systemd', environmentOf(unitEnv), environmentOf(unit)],
    ['the container', environmentOf(compose), environmentOf(dockerfile)],
  ])('%s: give all that `run` must be told', (_, given, fixed) => {
    const env = { ...given, ...fixed };
    expect(fixed.HELIOGRAPH_DATA_DIR).toBe('/var/lib/heliograph');
    expect(env.HELIOGRAPH_PASSWORD).toBeUndefined();
    expect(setting('url', undefined, env)).toMatch(/^wss:\/\//);
    const robot = identityOf({ dataDir: env.HELIOGRAPH_DATA_DIR ?? '' }, env);
    expect(robot.endpoint).toMatch(/^https:\/\/cognito-idp\.[\w-]+\.amazonaws\.com$/);
    expect(robot.store.path).toBe('/var/lib/heliograph/sign-in-rover-1.json');
  });

  it('call commands that there are, and the README tells each', () => {
    const bin = join(root, 'client', 'bin', 'heliograph-robot.ts');
    const help = execFileSync(process.execPath, [bin, '--help'], { encoding: 'utf8' });
    const commands = [...help.matchAll(/^ {2}([a-z]+) {2,}|^ {2}([a-z]+) \[options\]/gm)]
      .map(([, plain, withOptions]) => plain ?? withOptions)
      .filter((name) => name !== 'help');
    expect(commands).toHaveLength(5);
    for (const name of commands) expect(clientPage).toContain(`| \`${name}\` |`);
    const called = [...pages, unit, dockerfile, compose, text('examples/driver/drive.mjs')].flatMap(
      (each) => [...each.matchAll(/heliograph-robot(?: |', \[')([a-z]+)\b/g)],
    );
    // In prose the name is followed by other words; these are its calls.
    const names = called.map(([, name]) => name).filter((name) => commands.includes(name));
    expect(new Set(names)).toEqual(new Set(['run', 'login', 'status']));
  });

  it('list the variables that a program of one session finds', () => {
    const listed = [...text('examples/driver/README.md').matchAll(/^\| `(HELIOGRAPH_SESSION_\w+)`/gm)];
    expect(listed.map(([, name]) => name)).toEqual(Object.values(sessionVariables));
  });

  it('tell the exit codes that there are', () => {
    const help = execFileSync(process.execPath, [join(root, 'client/bin/heliograph-robot.ts'), '--help'], {
      encoding: 'utf8',
    });
    const codes = Object.values(exitCodes).map(String);
    const inTable = (page: string): string[] =>
      [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code = '']) => code);
    expect(inTable(clientPage)).toEqual(codes);
    expect(inTable(text('examples/systemd/README.md'))).toEqual(codes);
    const said = /Exit codes: (.*)/.exec(help)?.[1] ?? '';
    expect([...said.matchAll(/\d+/g)].map(([code]) => code)).toEqual(codes);
  });

  it('systemd: started again when it may help, and never when it was called wrongly', () => {
    const { Unit = {}, Service = {}, Install = {} } = sectionsOf(unit);
    expect(Service.Restart).toBe('on-failure');
    expect(Service.RestartPreventExitStatus).toBe(String(exitCodes.calledWrongly));
    // fileStore wants 0700, and the same place as the one that systemd makes.
    expect(Service.StateDirectoryMode).toBe('0700');
    expect(Service.Environment).toBe(`HELIOGRAPH_DATA_DIR=/var/lib/${Service.StateDirectory}`);
    expect(Service.EnvironmentFile).toBe('/etc/heliograph/robot.env');
    expect(Service.ExecStart).toBe('/usr/bin/node /opt/rover/drive.mjs');
    expect(Unit.After).toBe('network-online.target');
    expect(Install.WantedBy).toBe('multi-user.target');
  });

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  it.skipIf(!hasSystemd)('systemd itself takes the unit (needs systemd-analyze)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'heliograph-unit-'));
    const file = join(folder, 'heliograph-robot.service');
    // It looks for the program, which need not be on this machine.
    writeFileSync(file, unit.replace('/usr/bin/node', '/bin/true'));
    try {
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
        encoding: 'utf8',
      });
      const told = stderr.split('\n').filter((line) => line.includes('heliograph-robot'));
      // systemd before 254 does not know these two, and says so.
      expect(told.filter((line) => !/Unknown key '?(RestartSteps|RestartMaxDelaySec)/.test(line))).toEqual(
        [],
      );
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('the container: has the package and the driver, is not root, and owns its volume', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(text('client/package.json')));
    const copied = [...dockerfile.matchAll(/^COPY (\S+) /gm)].map(([, path = '']) => path);
    expect(copied).toEqual(['heliograph-client-*.tgz', 'examples/driver/drive.mjs']);
    expect(existsSync(join(root, 'examples/driver/drive.mjs'))).toBe(true);
    expect(clientPage).toContain(`heliograph-client-${version}.tgz`);
    // What the build sees is what it copies, and nothing else of the repository.
    expect(text('examples/container/Dockerfile.dockerignore').trim().split('\n')).toEqual([
      '*',
      ...copied.map((path) => `!${path}`),
    ]);
    const { HELIOGRAPH_DATA_DIR: directory = '' } = environmentOf(dockerfile);
    expect(dockerfile).toContain(`install --directory --mode=0700 --owner=node --group=node ${directory}\n`);
    expect(dockerfile).toContain(`VOLUME ${directory}\n`);
    expect(dockerfile.indexOf('\nUSER node\n')).toBeGreaterThan(dockerfile.lastIndexOf('RUN '));
    expect(dockerfile).toContain('CMD ["node", "/opt/rover/drive.mjs"]');
    const [, major = '0'] = /^FROM node:(\d+)/m.exec(dockerfile) ?? [];
    expect(Number(major)).toBeGreaterThanOrEqual(22);
    expect(compose).toContain(`- sign-in:${directory}\n`);
    expect(compose).toContain('dockerfile: examples/container/Dockerfile\n');
    expect(compose).toMatch(/^ {4}init: true$/m);
  });
});
