// Serves one session: `heliograph-robot run -- node each.mjs` starts it for each. It echoes `custom` signals.
import { createInterface } from 'node:readline';

const { HELIOGRAPH_SESSION_ID: sessionId, HELIOGRAPH_SESSION_MODE: mode } = process.env;
// Standard output is for the other side. What is logged goes to standard error: no signals, they are SDP and candidates.
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const log = (text) => process.stderr.write(`${sessionId}: ${text}\n`);

log(`begins: ${mode}`);
createInterface({ input: process.stdin }).on('line', (line) => {
  const { event, ...told } = JSON.parse(line);
  if (event === 'suspended' || event === 'restored') log(`${told.who} ${event}`);
  if (event === 'mode') log(`now ${told.mode}, lease ${told.leaseEpoch}`);
  if (event === 'signal' && told.kind === 'custom') say({ kind: 'custom', data: { echo: told.data } });
  if (event === 'closed') log(`has ended: ${told.reason}`);
});

// The session has ended: here is where motors stop and cameras are given back. SIGKILL follows in 5 s.
process.on('SIGTERM', () => process.exit(0));
