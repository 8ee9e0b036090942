import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { seed } from '../support/property-seed.ts';

/** Alone in a process, since it measures its memory, and its clock stands still for nobody. */
async function soak(...args: readonly string[]) {
  const child = spawn(process.execPath, ['--expose-gc', 'test/load/soak/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const said = await text(child.stdout);
  return { said, code: await ended };
}

it('I2, I3, I8: the life of a fleet, in short: no session and no signal is lost, doubled or told to a stranger', {
  timeout: 600_000,
}, async () => {
  const { said, code } = await soak('--short', '--seed', String(seed));
  process.stdout.write(said);
  expect(said).toContain('All held');
  expect(code).toBe(0);
});
