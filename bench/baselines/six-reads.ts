import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { cognitoTokenVerifier } from '../../functions/adapters/cognito/token-verifier.ts';
import type { GatewayRoute } from '../../local/gateway/gateway.ts';
import { localClientIds } from '../../local/stack/client-ids.ts';
import { type Contender, payloads, type SignalKind } from '../messages/contender.ts';
import type { Backend, Place } from '../stack/backend.ts';
import { connectPeer } from '../stack/peer.ts';
import { operatorName, robotName } from '../stack/users.ts';
import { awsClients, createTable } from './aws-clients.ts';
import { done, readEvent } from './gateway-event.ts';

const connections = 'baseline-six-reads-connections';
const pairings = 'baseline-six-reads-pairings';

type Row = Readonly<Record<string, unknown>>;
type Reading = readonly (readonly [table: string, key: string])[];

/**
 * The second baseline: rows of users, sessions, pairings and connections, read one after the other for
 * each message: six for a candidate of a client, four for one of a robot, eleven for an offer; five
 * requests for a client that goes, one of them a Scan. What the description does not say (what a
 * connect costs, how large the rows are, that reads are eventually consistent) is taken as cheap as can be.
 */
function routes({
  backend,
  place,
}: {
  backend: Backend;
  place: Pick<Place, 'storeEndpoint' | 'managementEndpoint'>;
}) {
  const { store, post } = awsClients(place);
  const verifier = cognitoTokenVerifier({
    userPoolId: backend.identity.userPoolId,
    clientIds: Object.values(localClientIds),
    tokenUse: 'access',
    leewayMs: 0,
    clock: { now: () => Date.now() },
    jwksUri: backend.identity.jwksUri,
  });

  async function readOneByOne(reading: Reading): Promise<readonly (Row | undefined)[]> {
    const rows: (Row | undefined)[] = [];
    for (const [table, id] of reading) rows.push(await get(store, table, id));
    return rows;
  }

  const handlers = {
    async $connect(event: unknown) {
      const { connectionId, bearer } = readEvent(event);
      const verified = await verifier.verify(bearer ?? '');
      if (!verified.ok) return { statusCode: 401 };
      const { userName } = verified.token;
      await put(store, connections, { id: connectionId, userName, role: 'peer' });
      await put(store, connections, { id: `user ${userName}`, connectionId });
      return done;
    },
    async $disconnect(event: unknown) {
      const { connectionId } = readEvent(event);
      const own = await get(store, connections, connectionId);
      for await (const _page of paginateScan({ client: store }, { TableName: pairings })) {
        // Looks for the pairings of this connection among all of them.
      }
      await put(store, connections, { id: `left ${String(own?.userName)}`, at: Date.now() });
      await remove(store, connections, connectionId);
      await remove(store, connections, `user ${String(own?.userName)}`);
      return done;
    },
    async signal(event: unknown) {
      const { connectionId, message } = readEvent(event);
      const robot = String(message?.robotId);
      const other = String(message?.to);
      const isOfRobot = message?.from === 'robot';
      const offer: Reading = Array.from({ length: 5 }, (_, at) => [pairings, `step ${at}`] as const);
      const rows = await readOneByOne([
        [connections, connectionId],
        [pairings, robot],
        ...(isOfRobot
          ? []
          : ([
              [pairings, `permission ${robot}`],
              [pairings, `session ${robot}`],
            ] as const)),
        ...(message?.kind === 'offer' ? offer : []),
        [connections, `user ${robot}`],
        [connections, `user ${other}`],
      ]);
      const peer = rows.at(-1)?.connectionId;
      if (typeof peer === 'string') await post(peer, { ...message, type: 'signal' });
      return done;
    },
  };
  return new Map<string, GatewayRoute>(
    Object.entries(handlers).map(([key, invoke]) => [
      key,
      { respondsToCaller: false, integration: { type: 'lambda', invoke } },
    ]),
  );
}

async function get(store: DynamoDBClient, TableName: string, id: string): Promise<Row | undefined> {
  const { Item } = await store.send(new GetItemCommand({ TableName, Key: marshall({ id }) }));
  return Item && unmarshall(Item);
}

async function put(store: DynamoDBClient, TableName: string, row: Row): Promise<void> {
  await store.send(new PutItemCommand({ TableName, Item: marshall(row) }));
}

async function remove(store: DynamoDBClient, TableName: string, id: string): Promise<void> {
  await store.send(new DeleteItemCommand({ TableName, Key: marshall({ id }) }));
}

export async function sixReadsPlace(backend: Backend): Promise<Place> {
  await createTable(backend.client, connections, 'id');
  await createTable(backend.client, pairings, 'id');
  return backend.place((place) => routes({ backend, place }));
}

export function sixReads(backend: Backend, { url, watch }: Place): Contender {
  const enter = async (userName: string) => connectPeer(url, await backend.tokenOf(userName));
  const contender: Contender = {
    async pair(index) {
      const robot = await enter(robotName(index));
      const client = await enter(operatorName(index));
      const robotId = robotName(index);
      // What a deployment of it would have written at the pairing.
      for (const id of [robotId, `permission ${robotId}`, `session ${robotId}`]) {
        await put(backend.client, pairings, { id, robotId, operator: operatorName(index), state: 'active' });
      }
      return { robot, client, index, key: { robotId } };
    },
    async signal({ robot, client, key, index }, { direction, kind, seq }) {
      const isOfRobot = direction === 'robot to client';
      const [from, to] = isOfRobot ? [robot, client] : [client, robot];
      const addressed = isOfRobot
        ? { from: 'robot', to: operatorName(index) }
        : { from: 'client', to: robotName(index) };
      const arrived = to.next((message) => message.type === 'signal' && message.seq === seq);
      from.send({
        action: 'signal',
        ...key,
        ...addressed,
        seq,
        kind,
        data: payloads[kind satisfies SignalKind],
      });
      await arrived;
    },
    connect: (index) => enter(operatorName(index)),
    // As with the other: a new connection for a new token.
    async refresh(pair) {
      const old = pair.robot;
      pair.robot = await enter(robotName(pair.index));
      const heard = watch.next('$disconnect');
      old.socket.close();
      await heard;
    },
    async disconnect(peer) {
      const heard = watch.next('$disconnect');
      peer.socket.close();
      await heard;
    },
    // Nothing is resumed: the client offers anew.
    async robotReturns(pair) {
      pair.robot = await enter(robotName(pair.index));
      await contender.signal(pair, { direction: 'client to robot', kind: 'offer', seq: 1_000_000 });
    },
  };
  return contender;
}
