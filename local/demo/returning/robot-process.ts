import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Target } from '../target.ts';

const program = fileURLToPath(new URL('../returning-robot.ts', import.meta.url));

/** The robot, as one that loses its power: `kill` leaves it no time for a goodbye. */
export function startRobotProcess(target: Target) {
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, HELIOGRAPH_TARGET: JSON.stringify(target) },
  });
  return {
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
