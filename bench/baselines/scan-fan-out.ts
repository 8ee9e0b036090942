import { DeleteItemCommand, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type { GatewayRoute } from '../../local/gateway/gateway.ts';
import { type Contender, payloads } from '../messages/contender.ts';
import type { Backend, Place } from '../stack/backend.ts';
import { connectPeer } from '../stack/peer.ts';
import { operatorName, robotName } from '../stack/users.ts';
import { awsClients, createTable } from './aws-clients.ts';
import { done, readEvent } from './gateway-event.ts';

const table = 'baseline-scan-fan-out';

/**
 * The first baseline: one row a connection; a message is sent on by a Scan of them all and one post to
 * each. It checks no token and knows no peer: whoever is connected gets everything.
 */
function routes({ storeEndpoint, managementEndpoint }: Pick<Place, 'storeEndpoint' | 'managementEndpoint'>) {
  const { store, post } = awsClients({ storeEndpoint, managementEndpoint });
  const handlers = {
    async $connect(event: unknown) {
      const { connectionId } = readEvent(event);
      await store.send(new PutItemCommand({ TableName: table, Item: { connectionId: { S: connectionId } } }));
      return done;
    },
    async $disconnect(event: unknown) {
      const { connectionId } = readEvent(event);
      await store.send(
        new DeleteItemCommand({ TableName: table, Key: { connectionId: { S: connectionId } } }),
      );
      return done;
    },
    async signal(event: unknown) {
      const { message } = readEvent(event);
      const sockets: string[] = [];
      for await (const page of paginateScan({ client: store }, { TableName: table })) {
        sockets.push(...(page.Items ?? []).flatMap((item) => item.connectionId?.S ?? []));
      }
      await Promise.all(sockets.map((socket) => post(socket, { ...message, type: 'signal' })));
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

export async function scanFanOutPlace(backend: Backend): Promise<Place> {
  await createTable(backend.client, table, 'connectionId');
  return backend.place(routes);
}

export function scanFanOut(backend: Backend, { url, watch }: Place): Contender {
  const enter = async (userName: string) => connectPeer(url, await backend.tokenOf(userName));
  return {
    async pair(index) {
      const robot = await enter(robotName(index));
      return { robot, client: await enter(operatorName(index)), index, key: { to: robotName(index) } };
    },
    async signal({ robot, client, key }, { direction, kind, seq }) {
      const [from, to] = direction === 'client to robot' ? [client, robot] : [robot, client];
      const arrived = to.next((message) => message.type === 'signal' && message.seq === seq);
      from.send({ action: 'signal', ...key, seq, kind, data: payloads[kind] });
      await arrived;
    },
    connect: (index) => enter(operatorName(index)),
    // There is no refresh: with the new token comes a new connection, and the old one goes.
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
    async robotReturns(pair) {
      pair.robot = await enter(robotName(pair.index));
    },
  };
}
