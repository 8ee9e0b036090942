import type { Action } from '../../../protocol/messages.ts';
import type { LifeEvent } from '../../core/ports/life-log.ts';
import type { LifeMetricName } from '../../metric-names.ts';
import { frames, id, word } from './harmless-text.ts';

const refreshing: Action = 'refreshToken';

/** What is to be told of an event: a log line, one line of metrics (EMF), or both. */
export type Telling = {
  /** Absent: no log line. */
  readonly level?: 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, string | number | undefined>>;
  readonly metrics: readonly (readonly [LifeMetricName, number])[];
  /** The value of the dimension that these metrics have. */
  readonly by?: string;
};

/**
 * Keys, short because a line is paid by its bytes: `c` connection, `r` robot, `cl` client, `s` session,
 * `k` kind, `p` principal, `exp` token expiry, `left` what is left of the token in ms, `ms` duration.
 */
export function tell(event: LifeEvent): Telling {
  switch (event.type) {
    case 'connected':
      return {
        level: 'info',
        fields: {
          c: id(event.connectionId),
          k: word(event.kind),
          via: word(event.carrier),
          exp: event.tokenExpiresAt,
          left: event.tokenRemainingMs,
        },
        metrics: [
          ['Connected', 1],
          ['TokenRemainingAtConnect', event.tokenRemainingMs],
          ['TokenLifetime', event.tokenLifetimeMs],
        ],
        by: word(event.kind),
      };
    case 'token_lifetime_mismatch':
      return {
        level: 'warn',
        fields: { c: id(event.connectionId), ms: event.lifetimeMs, policy: event.policyMs },
        metrics: [['TokenLifetimeMismatch', 1]],
      };
    case 'connect_refused':
      return {
        // A line only where it is somebody we know (403) or we who cannot decide (503). The rest is what
        // anybody on the internet can cause at will, and a count tells as much as a line without an id.
        ...(event.status === 403 || event.status >= 500 ? { level: 'warn' } : {}),
        fields: { status: event.status, reason: word(event.reason) },
        metrics: [['ConnectRefused', 1]],
        by: word(event.reason),
      };
    case 'welcomed':
      return {
        level: 'info',
        fields: {
          c: id(event.connectionId),
          k: word(event.kind),
          r: event.robotId && id(event.robotId),
          cl: event.clientId && id(event.clientId),
          epoch: event.epoch,
          resume: event.resume && word(event.resume),
        },
        metrics: [['Welcomed', 1], ...resumeMetric(event.resume)],
        by: word(event.kind),
      };
    case 'replaced':
      return {
        level: 'info',
        fields: { r: id(event.robotId), c: id(event.connectionId), by: id(event.by) },
        metrics: [['Replaced', 1]],
      };
    case 'claim_given_back':
      return {
        level: 'warn',
        fields: { r: id(event.robotId), c: id(event.connectionId) },
        metrics: [['ClaimGivenBack', 1]],
      };
    case 'client_given_back':
      return {
        level: 'warn',
        fields: { cl: id(event.clientId), c: id(event.connectionId) },
        metrics: [['ClaimGivenBack', 1]],
      };
    case 'identity_contested':
      return {
        level: 'warn',
        fields: { r: id(event.robotId), c: id(event.connectionId) },
        metrics: [['IdentityContested', 1]],
      };
    case 'control_changed':
      return {
        level: 'info',
        fields: {
          r: id(event.robotId),
          s: event.sessionId && id(event.sessionId),
          lease: event.leaseEpoch,
        },
        metrics: [['ControlChanged', 1]],
      };
    case 'refreshed':
      return {
        level: 'info',
        fields: { c: id(event.connectionId), exp: event.tokenExpiresAt },
        metrics: [['TokenRefreshed', 1]],
      };
    case 'token_expiring':
      return {
        level: 'info',
        fields: { c: id(event.connectionId), k: word(event.kind), left: event.remainingMs },
        metrics: [['TokenExpiring', 1]],
        by: word(event.kind),
      };
    case 'token_expired':
      return {
        level: 'warn',
        fields: { c: id(event.connectionId), k: word(event.kind) },
        metrics: [['TokenExpired', 1]],
        by: word(event.kind),
      };
    case 'rolling_over':
      return {
        level: 'info',
        fields: { c: id(event.connectionId), k: word(event.kind) },
        metrics: [['RollOverAnnounced', 1]],
        by: word(event.kind),
      };
    case 'revoked':
      return {
        level: 'warn',
        fields: { p: id(event.principalId), how: word(event.how), closed: event.closed },
        metrics: [
          ['Revoked', 1],
          ['RevokedConnections', event.closed],
        ],
        by: word(event.how),
      };
    case 'session_opened':
      return {
        level: 'info',
        fields: { r: id(event.robotId), s: id(event.sessionId), cl: id(event.clientId) },
        metrics: [['SessionOpened', 1]],
      };
    case 'session_closed':
      return {
        level: 'info',
        fields: { r: id(event.robotId), s: id(event.sessionId), reason: word(event.reason) },
        metrics: [['SessionClosed', 1]],
        by: word(event.reason),
      };
    case 'robot_offline':
      return { level: 'info', fields: { r: id(event.robotId) }, metrics: [['RobotOffline', 1]] };
    case 'disconnected':
      return {
        // An expiry that ended a connection is what the whole system is there to prevent (F15).
        level: event.how === 'expired' ? 'warn' : 'info',
        fields: {
          c: id(event.connectionId),
          k: word(event.kind),
          how: word(event.how),
          ms: event.lifetimeMs,
          left: event.tokenRemainingMs,
          refreshes: event.refreshes,
        },
        metrics: [
          ['Disconnected', 1],
          ['ConnectionLifetime', event.lifetimeMs],
          ['TokenRemainingAtDisconnect', event.tokenRemainingMs],
          ['RefreshesOfConnection', event.refreshes],
          // A laptop that sleeps loses its connection so every night; a robot must not.
          ...counted('RobotClosedByGrace', event.kind === 'robot' && event.how === 'expired'),
        ],
        by: word(event.how),
      };
    case 'message_refused':
      // No log line: who is refused may send as fast as the gateway lets them. A metric is a line as
      // well, but it is the cheapest thing that counts across Lambda instances: about 230 bytes, $0.12 a
      // million against the $1.20 that the message itself costs at the gateway and in Lambda. Counting in
      // memory would be cheaper and lost whenever an instance is frozen or ends. It names the connection,
      // so that the sender can be found, and not the action, which is text from outside.
      return {
        fields: { c: id(event.connectionId) },
        // A refresh that fails is the first sign of a connection that will be lost: counted apart (F15).
        metrics: [[event.action === refreshing ? 'TokenRefreshRefused' : 'MessageRefused', 1]],
        by: word(event.code),
      };
    case 'dependency_unavailable':
      return {
        level: 'warn',
        fields: { where: word(event.where), code: word(event.code) },
        metrics: [['DependencyUnavailable', 1], ...counted('Throttled', isThrottle(event.code))],
      };
    case 'posts_failed':
      // No log line: a peer that is away is nobody's fault, and comes in bursts.
      return {
        fields: {},
        metrics: [[event.why === 'gone' ? 'PostGone' : 'PostThrottled', event.count]],
      };
    case 'robots_counted':
      return {
        fields: {},
        metrics: [
          ['RobotsOnline', event.online],
          ['RobotsAway', event.away],
          ['RobotsKnown', event.known],
        ],
      };
    case 'fault':
      return {
        level: 'error',
        fields: {
          where: word(event.where),
          name: word(event.name),
          stack: event.stack === undefined ? undefined : frames(event.stack),
        },
        metrics: [['Fault', 1]],
      };
    case 'cleanup_done':
      return {
        ...cleanupLevel(event),
        fields: {
          closed: event.closed,
          said: event.announced,
          checked: event.checked,
          offline: event.robotsOffline,
          ended: event.sessionsEnded,
          failed: event.failed,
          more: event.more ? 1 : 0,
          lag: event.lagMs,
          ms: event.tookMs,
        },
        metrics: [
          ['CleanupRan', 1],
          ['CleanupClosed', event.closed],
          ['CleanupAnnounced', event.announced],
          ['CleanupChecked', event.checked],
          ['CleanupRobotsOffline', event.robotsOffline],
          ['CleanupSessionsEnded', event.sessionsEnded],
          ['CleanupFailed', event.failed],
          ['CleanupBehind', event.more ? 1 : 0],
          ['CleanupLag', event.lagMs],
          ['CleanupTook', event.tookMs],
        ],
      };
    default:
      return unknownEvent(event);
  }
}

type Counts = Telling['metrics'];

function counted(name: LifeMetricName, applies: boolean): Counts {
  return applies ? [[name, 1]] : [];
}

function resumeMetric(resume: 'kept' | 'lost' | undefined): Counts {
  return [...counted('ResumeKept', resume === 'kept'), ...counted('ResumeLost', resume === 'lost')];
}

/** As DynamoDB, the gateway, Cognito and Secrets Manager each name it. */
export function isThrottle(code: string): boolean {
  return /Thrott|ThroughputExceeded|LimitExceeded|TooManyRequests|^Http429$/.test(code);
}

/** A run that found nothing to do changed nobody's life: its metrics say that it took place. */
function cleanupLevel(run: Extract<LifeEvent, { type: 'cleanup_done' }>): Pick<Telling, 'level'> {
  if (run.failed > 0 || run.more) return { level: 'warn' };
  return run.closed + run.announced + run.robotsOffline + run.sessionsEnded > 0 ? { level: 'info' } : {};
}

/** Does not compile when an event has no case above; at run time a log must not be what fails. */
function unknownEvent(_event: never): Telling {
  return { level: 'error', fields: {}, metrics: [['Fault', 1]] };
}
