type Cell = string | number;

/** A Markdown table; numbers are set right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const first = rows[0] ?? [];
  const rule = head.map((_, at) => (typeof first[at] === 'number' ? '---:' : '---'));
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export const kilobytes = (bytes: number): number => Math.round(bytes / 1024);

/** `0.31×`: how much of the other it is. */
export const ratio = (one: number, other: number): string => `${(one / other).toFixed(2)}×`;

export const verdict = (holds: boolean): string => (holds ? 'holds' : '**does not hold**');
