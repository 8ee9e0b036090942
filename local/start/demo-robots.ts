import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { seededPassword } from '../stack/users.ts';
import type { StartAddresses } from './start-addresses.ts';

const robotProgram = fileURLToPath(new URL('../demo/robot.ts', import.meta.url));

/** The robots that `npm start` runs. */
export const demoRobots = ['rover-1', 'rover-2', 'rover-3'] as const;

/** Runs one robot in a process of its own, as it would be: it is told where to connect and nothing else. */
export function startDemoRobot(
  addresses: StartAddresses,
  userName: string,
  onLine: (line: string) => void,
): { stop(): Promise<void> } {
  const child = spawn(process.execPath, [robotProgram], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      HELIOGRAPH_TARGET: JSON.stringify(addresses),
      HELIOGRAPH_USER: userName,
      HELIOGRAPH_PASSWORD: seededPassword,
    },
  });
  forwardLines(child, onLine);
  return {
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), 2_000);
      await exited;
      clearTimeout(patience);
    },
  };
}

function forwardLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
  }
}
