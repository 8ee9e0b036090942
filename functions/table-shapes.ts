/**
 * The tables, written once: the stack creates them from here, the local stack too, and the stores
 * name their keys and indexes by it.
 */
export type KeyAttribute = { readonly name: string; readonly type: 'S' | 'N' };

export type IndexShape = {
  readonly name: string;
  readonly partitionKey: KeyAttribute;
  readonly sortKey: KeyAttribute;
  /**
   * What it holds beside the keys: only what tells one row from the next under the same key. Whoever acts
   * on a row reads it again, consistently, and writes under a condition.
   */
  readonly include?: readonly string[];
};

export type TableShape = {
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  readonly indexes: readonly IndexShape[];
};

const text = (name: string): KeyAttribute => ({ name, type: 'S' });
const number = (name: string): KeyAttribute => ({ name, type: 'N' });

/** Attribute that DynamoDB's TTL looks at, in Unix seconds. A backstop: rows are deleted by the cleanup, hours earlier. */
export const ttlAttribute = 'ttl';

/**
 * What is due, and nothing else: rows by shard and by the next moment at which something must
 * happen to them. Sharded, because a hot index key throttles its table.
 */
const byDeadline: IndexShape = {
  name: 'byDeadline',
  partitionKey: number('deadlineShard'),
  sortKey: number('nextDeadlineAt'),
};

/** Number of partitions that each deadline index is spread over; the cleanup queries each. */
export const deadlineShards = 4;

export const tableShapes = {
  /** One row a socket. */
  connections: {
    partitionKey: text('connectionId'),
    indexes: [
      byDeadline,
      {
        name: 'byPrincipal',
        partitionKey: text('principalId'),
        sortKey: text('connectionId'),
      },
    ],
  },
  /** One row a robot, whether it is connected or not. */
  robotSessions: { partitionKey: text('robotId'), indexes: [byDeadline] },
  /** One row a session between a client and a robot. */
  clientSessions: {
    partitionKey: text('robotId'),
    sortKey: text('place'),
    indexes: [{ ...byDeadline, include: ['sessionId'] }],
  },
  /** Whatever else must be found by key: clients and their sessions, robots by fleet. */
  directory: { partitionKey: text('pk'), sortKey: text('sk'), indexes: [] },
} as const satisfies Record<string, TableShape>;

export type TableName = keyof typeof tableShapes;
export const tableNames = Object.keys(tableShapes) as TableName[];
