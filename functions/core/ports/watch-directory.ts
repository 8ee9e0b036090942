import type { ConnectionId } from '../../../protocol/ids.ts';
import type { SocketCopy } from '../model/connection.ts';

/** Who wants to hear of which robots, found by what changed. @throws {DependencyUnavailable} */
export type WatchDirectory = {
  watch(watcher: SocketCopy, topics: readonly string[]): Promise<void>;
  unwatch(connectionId: ConnectionId, topics: readonly string[]): Promise<void>;
  /** Each watcher once, whichever of the topics it watches; eventually consistent. */
  watchersOf(topics: readonly string[]): Promise<readonly SocketCopy[]>;
};
