import { marshall } from '@aws-sdk/util-dynamodb';
import { fromClientSession, placeKey } from '../../functions/adapters/dynamodb/client-session-row.ts';
import { localTableNames } from '../../local/store/local-store.ts';
import { clientId, connectionId, robotId, sessionId } from '../../protocol/ids.ts';

const now = Date.now();
const endpoint = 'http://127.0.0.1:1/local';
export const key = {
  robotId: robotId.parse('robot-1'),
  sessionId: sessionId.parse('session-of-a-usual-length'),
};
const robotSocket = {
  connectionId: connectionId.parse('robot-socket='),
  endpoint,
  tokenExpiresAt: now + 10 * 365 * 86_400_000,
};
const clientSocket = { ...robotSocket, connectionId: connectionId.parse('client-socket=') };

const robotRow = {
  robotId: key.robotId,
  epoch: 4,
  fleets: ['bench'],
  leaseEpoch: 2,
  claimedAt: now,
  claimedBeforeAt: now - 1_000,
  controllerSessionId: key.sessionId,
  state: 'online',
  onlineSinceAt: now,
  ...robotSocket,
  connectedAt: now,
};

const sessionRow = {
  ...placeKey(key),
  ...fromClientSession({
    ...key,
    clientId: clientId.parse('client-1'),
    clientEpoch: 1,
    socket: clientSocket,
    mode: 'control',
    received: { byRobot: 0, byClient: 0 },
    openedAt: now,
    nextDeadlineAt: now + 3_600_000,
  }),
};

/** What DynamoDB answers to the relay's one read: both rows, as they are in the middle of a session. */
export const bothRows = {
  Responses: {
    [localTableNames.robotSessions]: [marshall(robotRow)],
    [localTableNames.clientSessions]: [marshall(sessionRow, { removeUndefinedValues: true })],
  },
  UnprocessedKeys: {},
};

/** A candidate of the client, as API Gateway hands it to the function. */
export function candidateEvent(seq: number): unknown {
  const candidate =
    'candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 192.0.2.5 rport 46154';
  return {
    requestContext: {
      routeKey: 'signal',
      eventType: 'MESSAGE',
      // One connection may send a hundred a second; here many do.
      connectionId: clientSocket.connectionId,
      apiId: 'local',
      stage: 'local',
    },
    body: JSON.stringify({
      action: 'signal',
      ...key,
      seq,
      kind: 'candidate',
      data: { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: 'EsAw' },
    }),
  };
}
