import { Command, Option } from 'commander';
import { measureCleanup } from './cleanup/measure.ts';
import { measureColdStart } from './cold-start/measure.ts';
import { measureCost } from './cost/measure.ts';
import { measureFlood } from './flood/measure.ts';
import { measureHandler } from './handler/measure.ts';
import { measureLoad } from './load/measure.ts';
import { measureMessages } from './messages/measure.ts';
import { writeReport } from './report/write.ts';
import { keep, kept, type Measurement, type Results } from './results.ts';

type Form = { readonly quick: boolean; readonly million: boolean };

const measures: { readonly [M in Measurement]: (form: Form) => Promise<Results[M]> } = {
  messages: measureMessages,
  async cost(form) {
    const messages = await kept('messages');
    return measureCost(messages?.result ?? (await measureMessages(form)));
  },
  handler: measureHandler,
  load: measureLoad,
  flood: measureFlood,
  'cold-start': measureColdStart,
  cleanup: measureCleanup,
};

const names = Object.keys(measures) as Measurement[];
const command = new Command('bench')
  .description(
    'Measures, keeps the figures in docs/benchmarks/results and writes docs/benchmarks.md from them.',
  )
  .addOption(new Option('--only <name...>', 'measure only this').choices(names))
  .option('--quick', 'fewer rounds and smaller steps', false)
  .option('--million', 'the cleanup among a million rows as well: a quarter of an hour and 4 GB', false)
  .option('--report', 'measure nothing, write the report anew', false)
  .parse();

const options = command.opts<{ only?: Measurement[]; quick: boolean; million: boolean; report: boolean }>();

async function measure<M extends Measurement>(name: M, form: Form): Promise<void> {
  process.stdout.write(`${name} …\n`);
  const result = await measures[name](form);
  await keep(name, { result, form: form.quick ? 'quick' : 'full' });
}

if (!options.report) {
  for (const name of options.only ?? names) await measure(name, options);
}
await writeReport();
process.stdout.write('docs/benchmarks.md is written.\n');
