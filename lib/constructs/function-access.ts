import type { FunctionName } from '../../functions/route-table.ts';
import type { TableName, tableShapes } from '../../functions/table-shapes.ts';

export type ItemAction = 'GetItem' | 'BatchGetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query';

type IndexName<T extends TableName> = (typeof tableShapes)[T]['indexes'][number]['name'];

/** What a function may do on a table itself, and which of its indexes it may query. Never `Scan`: there is no such action here. */
export type TableAccess<T extends TableName = TableName> = {
  readonly items: readonly ItemAction[];
  readonly queryIndexes?: readonly IndexName<T>[];
};

/** Methods of `@connections`. */
export type ManagementMethod = 'GET' | 'POST' | 'DELETE';

/** What may be asked of Cognito. Nobody may create users or change them. */
export type UserPoolAction = 'AdminGetUser' | 'AdminUserGlobalSignOut';

/** What may be asked of Secrets Manager, where TURN servers are configured. */
export type SecretAction = 'GetSecretValue';

export type FunctionAccess = {
  readonly tables: { readonly [T in TableName]?: TableAccess<T> };
  readonly connections: readonly ManagementMethod[];
  readonly userPool?: readonly UserPoolAction[];
  readonly turnSecret?: readonly SecretAction[];
};

/**
 * Who may touch what, and all that anyone may: the roles and the tables' environment variables are
 * both made from this, and a test compares it with the synthesised policies.
 */
export const functionAccess: Record<FunctionName, FunctionAccess> = {
  /** $connect, $disconnect, $default, refreshToken, bye */
  connection: {
    tables: {
      connections: {
        items: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
        queryIndexes: ['byPrincipal'],
      },
      robotSessions: { items: ['GetItem', 'BatchGetItem', 'UpdateItem'] },
      clientSessions: { items: ['GetItem', 'UpdateItem', 'DeleteItem', 'Query'] },
      directory: { items: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'] },
    },
    connections: ['POST', 'DELETE'],
  },
  /** hello, listRobots, watchRobots, openSession, closeSession, control, getIceServers */
  sessions: {
    tables: {
      connections: { items: ['GetItem', 'UpdateItem', 'DeleteItem'] },
      robotSessions: { items: ['GetItem', 'BatchGetItem', 'UpdateItem'] },
      clientSessions: { items: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'] },
      directory: { items: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'] },
    },
    // GET: where a robot keeps its connection, whether that is still there.
    connections: ['GET', 'POST', 'DELETE'],
    turnSecret: ['GetSecretValue'],
  },
  /** signal: one read of two rows and one post; the connection's row only when its copy has expired. */
  relay: {
    tables: {
      connections: { items: ['GetItem'] },
      robotSessions: { items: ['BatchGetItem'] },
      clientSessions: { items: ['BatchGetItem'] },
    },
    connections: ['POST'],
  },
  cleanup: {
    tables: {
      connections: { items: ['GetItem', 'UpdateItem', 'DeleteItem'], queryIndexes: ['byDeadline'] },
      // BatchGetItem: to count the robots, every few runs.
      robotSessions: { items: ['GetItem', 'BatchGetItem', 'UpdateItem'], queryIndexes: ['byDeadline'] },
      clientSessions: {
        items: ['GetItem', 'UpdateItem', 'DeleteItem', 'Query'],
        queryIndexes: ['byDeadline'],
      },
      directory: { items: ['UpdateItem', 'DeleteItem', 'Query'] },
    },
    connections: ['GET', 'POST', 'DELETE'],
  },
  /** Orders of operators, and calls of Cognito's management API. */
  revocation: {
    tables: {
      connections: { items: ['GetItem', 'UpdateItem', 'DeleteItem'], queryIndexes: ['byPrincipal'] },
      robotSessions: { items: ['GetItem', 'UpdateItem'] },
      clientSessions: { items: ['UpdateItem', 'DeleteItem', 'Query'] },
      directory: { items: ['BatchGetItem', 'UpdateItem', 'DeleteItem', 'Query'] },
    },
    connections: ['POST', 'DELETE'],
    userPool: ['AdminGetUser', 'AdminUserGlobalSignOut'],
  },
};
