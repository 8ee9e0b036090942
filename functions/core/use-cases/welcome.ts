import { maxMessageBytes } from '../../../protocol/limits.ts';
import type { Welcome } from '../../../protocol/messages/hello.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import { type Connection, refreshAt } from '../model/connection.ts';

/** Reconnects per second that an account and region may make are 500; 300 leaves room for the others. */
const reconnectsPerSecond = 300;

/** What `welcome` says: who the server takes the caller for, and every time that the caller must keep. */
export function welcomeOf(
  connection: Connection,
  terms: { policy: TokenPolicy; fleetSize: number; now: number; requestId: string | undefined },
): Welcome {
  const { policy } = terms;
  const { identity, token, clientId } = connection;
  return {
    type: 'welcome',
    ...(terms.requestId === undefined ? {} : { requestId: terms.requestId }),
    connectionId: connection.connectionId,
    kind: identity.kind,
    principalId: identity.principalId,
    ...(identity.kind === 'robot' ? { robotId: identity.robotId } : {}),
    ...(clientId === undefined ? {} : { clientId }),
    groups: [...identity.groups],
    sentAt: terms.now,
    tokenExpiresAt: token.expiresAt,
    refreshAt: refreshAt(policy, token),
    connectionExpiresAt: connection.connectedAt + policy.rollOverMs.to,
    resumed: false,
    sessions: [],
    policy: {
      warnMs: policy.warnMs,
      graceMs: policy.graceMs,
      resumeWindowMs: policy.resumeWindowMs,
      heartbeatMs: policy.heartbeatMs,
      reconnectSpreadMs: Math.ceil((terms.fleetSize / reconnectsPerSecond) * 1000),
      maxMessageBytes,
    },
  };
}
