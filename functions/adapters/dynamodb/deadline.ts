import { deadlineShards, tableShapes, ttlAttribute } from '../../table-shapes.ts';
import { allOf, is, isAtMost } from './expression.ts';
import type { Table } from './table.ts';

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

/** FNV-1a over the UTF-16 units: spreads evenly and is the same in every process, which is all that is asked of it. */
export function shardOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % deadlineShards;
}

/** Keys of what is due in one shard, soonest first. Reads in proportion to what it returns (I6). */
export function queryDue(table: Table, of: { shard: number; now: number; limit: number }) {
  return table.query({
    from: { index: indexName },
    where: allOf(is('deadlineShard', of.shard), isAtMost('nextDeadlineAt', of.now)),
    limit: of.limit,
  });
}
