import * as z from 'zod/mini';
import { spreadOf } from '../../core/model/spread.ts';
import type { Due, DueQuery } from '../../core/ports/due.ts';
import { deadlineShards, tableShapes, ttlAttribute } from '../../table-shapes.ts';
import { allOf, is, isAtMost } from './expression.ts';
import { parseRow } from './parse-row.ts';
import type { Table } from './table.ts';

const dueRow = z.object({ nextDeadlineAt: z.number() });

const dayMs = 24 * 60 * 60 * 1000;
const indexName = tableShapes.connections.indexes[0].name;

/** Where the row stands in the deadline index. A row without these attributes is not in it at all. */
export function dueAt(key: string, nextDeadlineAt: number) {
  return { deadlineShard: shardOf(key), nextDeadlineAt };
}

/** A day after the moment by which the cleanup should have dealt with the row: a backstop, never the way it ends. */
export function expiringAfter(at: number) {
  return { [ttlAttribute]: Math.ceil((at + dayMs) / 1000) };
}

/** The same in every process, whoever writes the row. */
export function shardOf(key: string): number {
  return spreadOf(key) % deadlineShards;
}

/** What is due in one shard, soonest first. Reads in proportion to what it returns (I6). */
export async function queryDue<Key>(
  table: Table,
  of: DueQuery & { keyOf: (row: unknown) => Key },
): Promise<readonly Due<Key>[]> {
  const rows = await table.query({
    from: { index: indexName },
    where: allOf(is('deadlineShard', of.shard), isAtMost('nextDeadlineAt', of.now)),
    limit: of.limit,
  });
  return rows.map((row) => ({ key: of.keyOf(row), dueAt: parseRow(dueRow, row).nextDeadlineAt }));
}
