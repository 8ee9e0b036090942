import * as z from 'zod/mini';
import { connectionId } from '../../../protocol/ids.ts';
import type { WatchDirectory, Watcher } from '../../core/ports/watch-directory.ts';
import { allDone } from './all-done.ts';
import { expiringAfter } from './deadline.ts';
import { watchPartition } from './directory-keys.ts';
import { is } from './expression.ts';
import { parseRow } from './parse-row.ts';
import { dynamoDbTable, type TableAccess } from './table.ts';

const watcherRow = z.pipe(
  z.object({
    sk: connectionId,
    endpoint: z.string(),
    tokenExpiresAt: z.number(),
    groups: z.array(z.string()),
  }),
  z.transform(({ sk, ...rest }): Watcher => ({ connectionId: sk, ...rest })),
);

/** One row a topic and watcher; it goes with the connection, and by TTL a day after its token. */
export function dynamoDbWatchDirectory(access: TableAccess): WatchDirectory {
  const table = dynamoDbTable(access);

  return {
    async watch({ connectionId, endpoint, tokenExpiresAt, groups }, topics) {
      const row = { sk: connectionId, endpoint, tokenExpiresAt, groups, ...expiringAfter(tokenExpiresAt) };
      await allDone(topics.map((topic) => table.put({ pk: watchPartition(topic), ...row })));
    },

    async unwatch(connectionId, topics) {
      await allDone(topics.map((topic) => table.remove({ pk: watchPartition(topic), sk: connectionId })));
    },

    async watchersOf(topics) {
      const found = await Promise.all(
        topics.map((topic) =>
          table.query({ from: 'table, eventually consistent', where: is('pk', watchPartition(topic)) }),
        ),
      );
      const watchers = found.flat().map((row) => parseRow(watcherRow, row));
      return [...new Map(watchers.map((watcher) => [watcher.connectionId, watcher])).values()];
    },
  };
}
