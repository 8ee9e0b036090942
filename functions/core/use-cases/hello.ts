import { protocolVersion } from '../../../protocol/limits.ts';
import { type Connection, isExpired, type SocketAddress } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import { claimRobot } from './claim-robot.ts';
import type { HelloDeps } from './hello-deps.ts';
import { endRevoked, isRevokedConnection } from './revoked-sign-in.ts';
import { tokenExpired, unauthenticated } from './sender.ts';
import { welcomeOf } from './welcome.ts';

export type Hello = {
  readonly caller: SocketAddress;
  readonly protocol: number;
  readonly requestId: string | undefined;
};

/**
 * Claims the session of the caller. A revocation is looked for here, long after `$connect` has written
 * the connection: whoever revokes after this look has the connection in its list (F13). `welcome` is posted rather than returned, because only a post
 * tells whether the socket can be reached, and nothing may be taken from another before that.
 */
export async function sayHello(deps: HelloDeps, hello: Hello): Promise<Outcome<undefined>> {
  if (hello.protocol !== protocolVersion) {
    return refused('protocol_unsupported', `Protocol ${hello.protocol} is not spoken here.`, {
      supported: [protocolVersion],
    });
  }
  const connection = await deps.connections.get(hello.caller.connectionId);
  if (connection === undefined || connection.state === 'closing') return unauthenticated();
  if (isExpired(connection.token.expiresAt, deps.clock.now())) return tokenExpired();
  if (await isRevokedConnection(deps, connection)) return endRevoked(deps, connection.connectionId);
  return connection.identity.kind === 'robot'
    ? claimRobot(deps, { ...hello, connection, robotId: connection.identity.robotId })
    : enterClient(deps, hello, connection);
}

/** Each client that says `hello` is a new one, beside the other tabs of the same person. */
async function enterClient(
  deps: HelloDeps,
  hello: Hello,
  connection: Connection,
): Promise<Outcome<undefined>> {
  const { connectionId, token } = connection;
  const clientId = connection.clientId ?? deps.ids.clientId(connectionId);
  if (connection.clientId === undefined) {
    await deps.clients.enter({ clientId, connectionId, tokenExpiresAt: token.expiresAt });
  }
  const ready = { ...connection, state: 'ready', clientId } as const;
  const nextDeadlineAt = connectionDeadline(deps.policy, ready);
  if (!(await deps.connections.markReady(connectionId, { clientId, nextDeadlineAt }))) {
    // Its end may have come before it had entered, and found nothing to end. Who has sessions has
    // entered by another `hello`, and its end is at work on them.
    const sessions = await deps.clients.detach(clientId, connectionId);
    if (sessions.length === 0) await deps.clients.remove(clientId, connectionId);
    return unauthenticated();
  }
  const { policy, fleetSize } = deps;
  const posted = await deps.peers.post(
    connection,
    welcomeOf(ready, { policy, fleetSize, now: deps.clock.now(), requestId: hello.requestId }),
  );
  if (posted === 'delivered') {
    deps.lifeLog.note({ type: 'welcomed', connectionId, kind: 'client', clientId });
  }
  return done(undefined);
}
