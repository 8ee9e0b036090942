import { styleText } from 'node:util';
import Table from 'cli-table3';

/** Where a command speaks to; a test hears it. */
export type Streams = {
  readonly out: (text: string) => void;
  /** Progress and errors: never part of what is asked for. */
  readonly err: (text: string) => void;
  readonly colours: boolean;
};

export type Cell = string | number | boolean | undefined | readonly string[];
export type Row = Readonly<Record<string, Cell>>;

export type Output = ReturnType<typeof outputTo>;

/** Tables for people, JSON for programs: the same rows. */
export function outputTo(streams: Streams, { json }: { readonly json: boolean }) {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    streams.colours ? styleText(style, text, { validateStream: false }) : text;

  return {
    json,
    paint,
    say: (text: string) => streams.out(`${text}\n`),
    progress: (text: string) =>
      streams.err(`${json ? JSON.stringify({ progress: text }) : paint('dim', text)}\n`),

    /** A list: a table with the keys as its head, or a JSON array. */
    rows<R extends Row>(rows: readonly R[], columns: readonly (keyof R & string)[], nothing: string): void {
      if (json) streams.out(`${JSON.stringify(rows, undefined, 2)}\n`);
      else streams.out(`${rows.length === 0 ? nothing : tableOf(rows, columns)}\n`);
    },

    /** One object: a line for people, or JSON. */
    result(fields: Row, text: string): void {
      streams.out(`${json ? JSON.stringify(fields) : text}\n`);
    },

    failure(message: string, remedy: string): void {
      if (json) streams.err(`${JSON.stringify({ error: message, remedy })}\n`);
      else streams.err(`${paint('red', message)}\n${remedy}\n`);
    },
  };
}

const plainBorders = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

export function tableOf<R extends Row>(rows: readonly R[], columns: readonly (keyof R & string)[]): string {
  const table = new Table({
    head: columns.map((column) => column.toUpperCase()),
    chars: plainBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => columns.map((column) => textOf(row[column]))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function textOf(cell: Cell): string {
  if (cell === undefined || cell === '') return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return typeof cell === 'object' ? cell.join(', ') || '-' : String(cell);
}

/** Unix ms as people write it, in UTC. */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
