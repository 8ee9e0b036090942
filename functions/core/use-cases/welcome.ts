import type { RobotId } from '../../../protocol/ids.ts';
import { maxMessageBytes } from '../../../protocol/limits.ts';
import type { Welcome } from '../../../protocol/messages/from-server/welcome.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { ClientSession } from '../model/client-session.ts';
import { type Connection, refreshAt } from '../model/connection.ts';
import type { RobotSession } from '../model/robot-session.ts';

/** Reconnects per second that an account and region may make are 500; 300 leaves room for the others. */
const reconnectsPerSecond = 300;

export type WelcomeTerms = {
  readonly policy: TokenPolicy;
  readonly fleetSize: number;
  readonly now: number;
  readonly requestId: string | undefined;
  readonly resumeKey?: string;
  readonly resumed: boolean;
  readonly sessions: Welcome['sessions'];
};

type Newcomer = Pick<Connection, 'connectionId' | 'identity' | 'token' | 'client' | 'connectedAt'>;

/** What `welcome` says: who the server takes the caller for, its sessions, and every time that it must keep. */
export function welcomeOf(connection: Newcomer, terms: WelcomeTerms): Welcome {
  const { policy } = terms;
  const { identity, token, client } = connection;
  return {
    type: 'welcome',
    ...(terms.requestId === undefined ? {} : { requestId: terms.requestId }),
    connectionId: connection.connectionId,
    kind: identity.kind,
    principalId: identity.principalId,
    ...(identity.kind === 'robot' ? { robotId: identity.robotId } : {}),
    ...(client === undefined ? {} : { clientId: client.clientId }),
    ...(terms.resumeKey === undefined ? {} : { resumeKey: terms.resumeKey }),
    groups: [...identity.groups],
    sentAt: terms.now,
    tokenExpiresAt: token.expiresAt,
    refreshAt: refreshAt(policy, token),
    connectionExpiresAt: connection.connectedAt + policy.rollOverMs.to,
    resumed: terms.resumed,
    sessions: terms.sessions,
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

/** A session as both its sides are told of it, with who holds control now: by its `welcome` a robot is told of it. */
export function sessionEntry(
  { sessionId, robotId, clientId }: ClientSession,
  robots: readonly RobotSession[],
): Omit<Welcome['sessions'][number], 'received' | 'state'> {
  const robot = robots.find((each) => each.robotId === robotId);
  const mode = robot?.controllerSessionId === sessionId ? 'control' : 'view';
  return { sessionId, robotId, clientId, mode, leaseEpoch: robot?.leaseEpoch ?? 0 };
}

export function isOnline(robots: readonly RobotSession[], robotId: RobotId): boolean {
  return robots.some((robot) => robot.robotId === robotId && robot.state === 'online');
}
