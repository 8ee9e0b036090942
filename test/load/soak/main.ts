import { Command } from 'commander';
import { parseDuration } from '../../../local/stack/duration.ts';
import { soakForReal } from './real.ts';
import { soak } from './run.ts';

const command = new Command('soak')
  .description(
    'The life of a fleet under faults, on a stepped clock, and a checker of every send and delivery.',
  )
  .option('--robots <count>', 'robots', Number, 1_000)
  .option('--operators <count>', 'operators', Number, 200)
  .option('--lifetimes <count>', 'token lifetimes that each lives through', Number, 52)
  .option('--seed <number>', 'repeats a run', Number, Math.floor(Math.random() * 2 ** 31))
  .option('--trace <user>', 'tells what goes over the sockets of one robot or operator')
  .option(
    '--real <duration>',
    'in true time on the local stack, with tokens of an hour: 150m sees all of a connection',
  )
  .option('--short', 'the form of CI, of a minute: 40 robots, 16 operators')
  .parse();

type Options = {
  robots: number;
  operators: number;
  lifetimes: number;
  seed: number;
  short?: boolean;
  trace?: string;
  real?: string;
};
const given = command.opts<Options>();
const size = given.short === true ? { robots: 40, operators: 16 } : given;
const { lifetimes, seed } = given;

const say = (line: string) => void process.stdout.write(`${line}\n`);
if (given.real !== undefined) {
  say(`soak --real ${given.real} --seed ${seed}`);
  const { summary, failures } = await soakForReal({ forMs: parseDuration(given.real), seed });
  say(summary);
  for (const failure of failures) say(`FAILED ${failure}`);
  say(failures.length === 0 ? 'All held' : 'Did not hold');
  process.exit(failures.length === 0 ? 0 : 1);
}
say(`soak --robots ${size.robots} --operators ${size.operators} --lifetimes ${lifetimes} --seed ${seed}`);
const startedAt = performance.now();
let saidAt = startedAt;
const report = await soak({
  robots: size.robots,
  operators: size.operators,
  lifetimes,
  seed,
  ...(given.trace !== undefined && { trace: { userName: given.trace, tell: say } }),
  onProgress(line) {
    if (performance.now() - saidAt < 10_000) return;
    saidAt = performance.now();
    say(line);
  },
});
for (const [what, count] of Object.entries(report.counts).sort(([a], [b]) => a.localeCompare(b)))
  say(`  ${count}\t${what}`);
const { failures, counts: _, ...rest } = report;
say(JSON.stringify(rest, null, 2));
for (const failure of failures) say(`FAILED ${failure}`);
say(
  `${failures.length === 0 ? 'All held' : 'Did not hold'}; seed ${seed}, ${Math.round((performance.now() - startedAt) / 1_000)} s`,
);
process.exit(failures.length === 0 ? 0 : 1);
