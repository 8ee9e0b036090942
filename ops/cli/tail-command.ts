import { InvalidArgumentError, Option } from 'commander';
import { type LifeLine, type TailFilter, tail } from '../commands/tail.ts';
import type { AddCommand } from './main.ts';
import type { Output } from './output.ts';

type Flags = TailFilter & { readonly since: number; readonly follow: boolean };

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const addTail: AddCommand = (program, running) => {
  program
    .command('tail')
    .description('what happens, as it happens: a line for each change of life')
    .option('--since <duration>', 'from so long ago, such as 30m or 6h', duration, 60_000)
    .option('--no-follow', 'what there is, and no more')
    .option('--robot <robot>', 'of this robot')
    .option('--connection <id>', 'of this connection')
    .option('--session <id>', 'of this session')
    .addOption(
      new Option('--level <level>', 'least level').choices(['info', 'warn', 'error']).default('info'),
    )
    .option('--refused', 'refused messages, too')
    .action(async (flags: Flags) => {
      const { output, deployment, stop, now } = running();
      const found = await deployment();
      if (flags.follow) output.progress(`Following ${found.title}; Ctrl-C ends it.`);
      const { since, follow, ...filter } = flags;
      await tail(found, {
        ...{ filter, follow, stop },
        since: now() - since,
        onLine: (line) => output.say(output.json ? JSON.stringify(line) : lineFor(output, line)),
      });
    });
};

const colours = { info: 'dim', warn: 'yellow', error: 'red', refused: 'yellow' } as const;

function lineFor(output: Output, { at, level, event, fields }: LifeLine): string {
  const colour = Object.entries(colours).find(([name]) => name === level)?.[1] ?? 'dim';
  const rest = Object.entries(fields).map(([key, value]) => `${key}=${value}`);
  return [
    new Date(at).toISOString().slice(11, 23),
    output.paint(colour, level.padEnd(7)),
    event.padEnd(22),
    ...rest,
  ].join(' ');
}

function duration(text: string): number {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const ms = Number(amount) * (unitMs[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new InvalidArgumentError('Give a duration such as 30s, 15m, 6h or 2d.');
  return ms;
}
