// A driver that does what a signal tells it to.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const known = [];
createInterface({ input: process.stdin }).on('line', (text) => {
  const line = JSON.parse(text);
  known.push(line);
  if (line.event !== 'signal') return;
  const { run, ...of } = line.data ?? {};
  if (run === 'tell')
    say({ kind: 'custom', data: { known: known.slice(0, -1), env: process.env, pid: process.pid } });
  if (run === 'say') for (const each of of.lines) process.stdout.write(`${each}\n`);
  if (run === 'long') process.stdout.write(`${'x'.repeat(of.bytes)}\n`);
  if (run === 'flood') for (let i = 0; i < of.count; i += 1) say({ kind: 'custom', data: i });
  if (run === 'stay') {
    process.on('SIGTERM', () => undefined);
    say({ kind: 'custom', data: process.pid });
  }
  if (run === 'child') say({ kind: 'custom', data: spawn('sleep', ['600'], { stdio: 'inherit' }).pid });
  if (run === 'deaf') {
    process.stdin.pause();
    say({ kind: 'custom', data: 'deaf' });
    setInterval(() => undefined, 1000);
  }
  if (run === 'exit') {
    if (of.answers) say({ kind: 'answer', data: {} });
    process.exit(of.code);
  }
});
