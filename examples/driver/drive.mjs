// Starts `heliograph-robot run` and answers its sessions: this one echoes `custom` signals.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const robot = spawn('heliograph-robot', ['run'], { stdio: ['pipe', 'pipe', 'inherit'] });
const tell = (command) => robot.stdin.write(`${JSON.stringify(command)}\n`);
// Only what is written here is logged: sessions come with TURN credentials, and signals are SDP and candidates.
const log = (line) => process.stdout.write(`${line}\n`);

createInterface({ input: robot.stdout }).on('line', (line) => {
  const { event, sessionId, ...said } = JSON.parse(line);
  if (event === 'state') log(`${said.status} ${said.reason ?? ''}`.trimEnd());
  if (event === 'session') log(`session ${sessionId} begins: ${said.mode}`);
  if (event === 'closed') log(`session ${sessionId} has ended: ${said.reason}`);
  if (event === 'signal' && said.kind === 'custom') {
    tell({ sessionId, kind: 'custom', data: { echo: said.data } });
  }
});

// Who stops this stops the robot, which says goodbye; its exit code is ours.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => robot.kill(signal));
robot.stdin.on('error', () => undefined);
robot.on('error', (failure) => {
  process.stderr.write(`heliograph-robot cannot be started: ${failure.message}\n`);
  process.exitCode = 2;
});
robot.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
