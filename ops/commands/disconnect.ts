import { type ConnectionId, connectionId, robotId } from '../../protocol/ids.ts';
import { portsOf } from '../deployment/clients.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { asking, OperationFailed } from '../failure.ts';

export type ToDisconnect = { readonly connection: string } | { readonly robot: string };

/**
 * Closes a connection; its holder is told to come back, and does. To keep somebody out there is `revoke`.
 *
 * @throws {OperationFailed}
 */
export async function disconnect(deployment: Deployment, which: ToDisconnect): Promise<ConnectionId> {
  const ports = portsOf(deployment);
  return asking({ action: 'dynamodb:GetItem', endpoint: deployment.identity }, async () => {
    const id =
      'robot' in which
        ? await connectionOf(ports, which.robot)
        : connectionId.safeParse(which.connection).data;
    const connection = id === undefined ? undefined : await ports.connections().get(id);
    if (id === undefined || connection === undefined) {
      throw new OperationFailed(
        'There is no such connection.',
        'heliograph robots list and heliograph sessions list show who is here.',
      );
    }
    await asking({ action: 'execute-api:ManageConnections', endpoint: deployment.identity }, async () => {
      const peers = ports.peers();
      await peers.post(connection, { type: 'goAway', code: 'shutdown', reconnect: true });
      await peers.close(connection);
    });
    return id;
  });
}

async function connectionOf(
  ports: ReturnType<typeof portsOf>,
  robot: string,
): Promise<ConnectionId | undefined> {
  const id = robotId.safeParse(robot);
  const row = id.success ? await ports.robots().get(id.data) : undefined;
  if (row?.socket === undefined)
    throw new OperationFailed(`${robot} has no connection.`, 'heliograph robots list shows who is online.');
  return row.socket.connectionId;
}
