import * as z from 'zod';

/**
 * What DynamoDB would bill on demand, by its rules for capacity units.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export type Units = { readonly read: number; readonly write: number };

/** An item as DynamoDB's JSON has it: attribute values by name. */
export type Item = Readonly<Record<string, unknown>>;

/** An index as `DescribeTable` tells of it; what it projects beside the keys of table and index. */
export type IndexUnderWrite = {
  readonly keys: readonly string[];
  readonly projects: 'ALL' | readonly string[];
};

const value = z.record(z.string(), z.unknown());
const readBlock = 4 * 1024;
const writeBlock = 1024;

export function itemBytes(item: Item | undefined): number {
  if (item === undefined) return 0;
  return Object.entries(item).reduce((sum, [name, of]) => sum + Buffer.byteLength(name) + valueBytes(of), 0);
}

function valueBytes(of: unknown): number {
  const [entry] = Object.entries(value.parse(of));
  if (entry === undefined) return 0;
  const [type, content] = entry;
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(content));
    case 'N':
      // About one byte for each two significant digits, and one.
      return Math.ceil(String(content).replace(/[^0-9]/g, '').length / 2) + 1;
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'SS':
      return z
        .array(z.string())
        .parse(content)
        .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    case 'L':
      return (
        3 +
        z
          .array(z.unknown())
          .parse(content)
          .reduce<number>((sum, each) => sum + valueBytes(each) + 1, 0)
      );
    case 'M':
      return 3 + itemBytes(value.parse(content));
    default:
      throw new Error(`No size is known of an attribute of type ${type}`);
  }
}

/** One read of so many bytes; a read that finds nothing costs as much as a small one. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / readBlock)) * (consistent ? 1 : 0.5);
}

/** A write by the larger of what was and what is; a condition that fails is billed alike. */
export function writeUnits(before: Item | undefined, after: Item | undefined): number {
  return Math.max(1, Math.ceil(Math.max(itemBytes(before), itemBytes(after)) / writeBlock));
}

/** What a write to the table writes to an index: nothing, the entry, or a deletion and the entry. */
export function indexWriteUnits(
  { keys, projects }: IndexUnderWrite,
  before: Item | undefined,
  after: Item | undefined,
): number {
  const entryOf = (item: Item | undefined) => {
    if (item === undefined || keys.some((key) => item[key] === undefined)) return undefined;
    const names = projects === 'ALL' ? Object.keys(item) : projects;
    return Object.fromEntries(
      names.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]),
    );
  };
  const was = entryOf(before);
  const is = entryOf(after);
  const same = (names: readonly string[]) =>
    names.every((name) => JSON.stringify(was?.[name]) === JSON.stringify(is?.[name]));
  const block = (item: Item) => Math.max(1, Math.ceil(itemBytes(item) / writeBlock));
  if (was === undefined && is === undefined) return 0;
  if (was === undefined || is === undefined) return block(was ?? is ?? {});
  if (!same(keys)) return block(was) + block(is);
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return same(names) ? 0 : block(is);
}
