import { Command } from 'commander';
import { explore } from './explore.ts';
import { scenes } from './scenes.ts';

const command = new Command('explore')
  .description('Every interleaving of scenes of the state model, within bounds, with every invariant.')
  .option('--switches <count>', 'switches between actors', Number, 2)
  .option('--depth <count>', 'decisions among which the switches may be', Number, 200)
  .option('--schedules <count>', 'of each scene at most', Number, 200_000)
  .option('--scene <number>', 'only this one, from 1', Number)
  .parse();

const { scene: only, ...bounds } = command.opts<{
  switches: number;
  depth: number;
  schedules: number;
  scene?: number;
}>();
const say = (line: string) => void process.stdout.write(`${line}\n`);
let failed = false;
for (const [at, scene] of scenes.entries()) {
  if (only !== undefined && only !== at + 1) continue;
  const startedAt = performance.now();
  const { schedules, states, longest, isComplete, failures } = await explore(scene, bounds);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const whole = isComplete ? 'all' : 'NOT all';
  say(`${at + 1}. ${scene.name}`);
  say(
    `   ${whole} interleavings of up to ${bounds.switches} switches in the first ${bounds.depth} decisions: ${schedules} schedules, ${states} distinct states, up to ${longest} decisions, ${seconds} s`,
  );
  for (const { what, schedule } of failures) {
    failed = true;
    say(`   FAILED ${what}\n          ${schedule.join(' | ')}`);
  }
}
process.exit(failed ? 1 : 0);
