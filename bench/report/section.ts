import type { Kept, Measurement } from '../results.ts';

export type Section = {
  readonly text: string;
  /** SVG by file name. */
  readonly plots: Readonly<Record<string, string>>;
  /** Each bound with what was measured and whether it holds. */
  readonly bounds: readonly string[];
};

/** The command, and what a reader must know of the machine. */
export function provenance({ command, node, cpus, load, form, measuredAt }: Kept<Measurement>): string {
  const busy = load > cpus ? ', which others used at the same time' : '';
  return `\`${command}\` (${form} form, ${measuredAt} UTC, Node ${node}, ${cpus} cores, load ${load}${busy})`;
}
