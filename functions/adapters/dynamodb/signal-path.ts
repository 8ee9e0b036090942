import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { SignalPath } from '../../core/ports/signal-path.ts';
import { placeKey, toClientSession } from './client-session-row.ts';
import { orUnavailable, unavailable } from './failure.ts';
import { toRobotSession } from './robot-session-row.ts';
import type { StoreClient } from './store-client.ts';

export function dynamoDbSignalPath({
  client,
  tableNames,
}: {
  client: StoreClient;
  tableNames: { readonly robotSessions: string; readonly clientSessions: string };
}): SignalPath {
  return {
    async read(key) {
      const { robotId, sessionId } = key;
      const { Responses, UnprocessedKeys } = await orUnavailable(
        client.batchGetItem({
          RequestItems: {
            [tableNames.robotSessions]: { Keys: [marshall({ robotId })], ConsistentRead: true },
            [tableNames.clientSessions]: { Keys: [marshall(placeKey(key))], ConsistentRead: true },
          },
        }),
      );
      // Half an answer reads as «no such session», which ends one; it is no answer.
      if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw unavailable('UnprocessedKeys');
      const robot = Responses?.[tableNames.robotSessions]?.[0];
      const row = Responses?.[tableNames.clientSessions]?.[0];
      const session = row && toClientSession(unmarshall(row));
      return {
        robot: robot && toRobotSession(unmarshall(robot)),
        session: session?.sessionId === sessionId ? session : undefined,
      };
    },
  };
}
