import type { ConnectionId } from '../../../protocol/ids.ts';
import type { SocketCopy } from '../model/connection.ts';

/** A socket, and what its holder may see as of its last token. */
export type Watcher = SocketCopy & { readonly groups: readonly string[] };

/** Who wants to hear of which robots, found by what changed. @throws {DependencyUnavailable} */
export type WatchDirectory = {
  watch(watcher: Watcher, topics: readonly string[]): Promise<void>;
  unwatch(connectionId: ConnectionId, topics: readonly string[]): Promise<void>;
  /** Each watcher once, whichever of the topics it watches; eventually consistent. */
  watchersOf(topics: readonly string[]): Promise<readonly Watcher[]>;
};
