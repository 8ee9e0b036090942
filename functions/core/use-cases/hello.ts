import { protocolVersion } from '../../../protocol/limits.ts';
import { isExpired, type SocketAddress } from '../model/connection.ts';
import { type Outcome, refused } from '../outcome.ts';
import { claimRobot } from './claim-robot.ts';
import { enterClient } from './enter-client.ts';
import type { HelloDeps } from './hello-deps.ts';
import { endRevoked, isRevokedConnection } from './revoked-sign-in.ts';
import { tokenExpired, unauthenticated } from './sender.ts';

export type Hello = {
  readonly caller: SocketAddress;
  readonly protocol: number;
  readonly resume: string | true | undefined;
  readonly received: Readonly<Record<string, number>> | undefined;
  readonly requestId: string | undefined;
};

/**
 * Claims the session of the caller. A revocation is looked for here, long after `$connect` has written
 * the connection: whoever revokes after this look has the connection in its list (F13). `welcome` is
 * posted rather than returned, because only a post tells whether the socket can be reached, and
 * nothing may be taken from another before that.
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
  const { requestId, received, resume } = hello;
  if (connection.identity.kind === 'robot') {
    const { robotId } = connection.identity;
    return claimRobot(deps, { connection, robotId, requestId, received, resume: resume !== undefined });
  }
  const resumeKey = typeof resume === 'string' ? resume : undefined;
  return enterClient(deps, { connection, requestId, received, resumeKey });
}
