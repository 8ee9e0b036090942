import { closeReasonNames } from '../protocol/close-reasons.ts';
import { errorCodeNames } from '../protocol/error-codes.ts';
import type { LifeMetricName } from './metric-names.ts';

const kinds = ['robot', 'client'] as const;
const ends = ['disconnect', 'bye', 'expired', 'no_hello', 'gone', 'revoked', 'regrouped'] as const;
const revocations = ['revoked', 'regrouped'] as const;
/** Of a handshake. */
const refusals = [
  'absent',
  'malformed',
  'query_token_off',
  'token_invalid',
  'token_expired',
  'token_unavailable',
  'no_group',
  'ambiguous_groups',
  'revoked',
] as const;

type Entry = {
  /** Every value that its dimension can have: CloudWatch sums over values only where they are named. */
  readonly values?: readonly string[];
  /** What it counts or measures. */
  readonly meaning: string;
};

/** For the alarms, the dashboard and `docs/metrics.md`, in no bundle. A metric that is missing here does not compile. */
export const metricCatalogue = {
  Connected: { values: kinds, meaning: 'Connections that were let in.' },
  TokenRemainingAtConnect: {
    values: kinds,
    meaning: 'What was left of the token’s life at connect; falls when clients connect with old tokens (F7).',
  },
  TokenLifetime: { values: kinds, meaning: 'Whole life of the token at connect, from its issue to its end.' },
  TokenLifetimeMismatch: {
    meaning:
      'Tokens at connect whose life differs from the policy’s by more than a minute: it was set in two places, or not at all (F1).',
  },
  ConnectRefused: { values: refusals, meaning: 'Handshakes that were refused.' },
  Welcomed: { values: kinds, meaning: 'Successful `hello`s.' },
  ResumeKept: { values: kinds, meaning: 'A `hello` with `resume` that had its sessions of before.' },
  ResumeLost: {
    values: kinds,
    meaning: 'A `hello` with `resume` that came too late, or with a key that is not known.',
  },
  Replaced: { meaning: 'Robots taken over by a newer connection.' },
  ClaimGivenBack: { meaning: 'Takeovers undone because `welcome` did not arrive.' },
  IdentityContested: {
    meaning: 'A third takeover of one robot within 10 minutes: two devices take themselves for it (F8).',
  },
  ControlChanged: { meaning: 'Changes of who controls a robot.' },
  TokenRefreshed: { meaning: 'Tokens refreshed on an open connection.' },
  TokenRefreshRefused: {
    values: errorCodeNames,
    meaning: 'Refreshes that were refused: the first sign of a connection that will be lost.',
  },
  TokenExpiring: { values: kinds, meaning: 'Warnings sent to holders who had not refreshed by then.' },
  TokenExpired: {
    values: kinds,
    meaning: 'Tokens that ran out on an open connection; it may still refresh in its grace.',
  },
  RobotClosedByGrace: {
    values: ['expired'],
    meaning: 'Robots whose connection was closed because their token ran out and was not refreshed.',
  },
  RollOverAnnounced: {
    values: kinds,
    meaning: 'Connections that were told to open their next before the 2-hour cut.',
  },
  Revoked: { values: revocations, meaning: 'Revocations that were carried out.' },
  RevokedConnections: { values: revocations, meaning: 'Connections that revocations closed.' },
  SessionOpened: { meaning: 'Sessions between a client and a robot that began.' },
  SessionClosed: { values: closeReasonNames, meaning: 'Sessions that ended.' },
  RobotOffline: { meaning: 'Robots that did not come back within the resume window, or said `bye`.' },
  Disconnected: { values: ends, meaning: 'Connections that ended.' },
  ConnectionLifetime: { values: ends, meaning: 'How long the connection lived.' },
  TokenRemainingAtDisconnect: {
    values: ends,
    meaning: 'What was left of the token when its connection ended; below zero when it had run out (F15).',
  },
  RefreshesOfConnection: { values: ends, meaning: 'How often the connection refreshed its token.' },
  MessageRefused: {
    values: errorCodeNames,
    meaning: 'Messages that were answered with an error; `peer_away` is not counted.',
  },
  PostGone: { meaning: 'Posts to a socket that is not there (HTTP 410).' },
  PostThrottled: { meaning: 'Posts that the gateway throttled (HTTP 429).' },
  DependencyUnavailable: {
    meaning: 'Calls of DynamoDB, the gateway, Cognito or Secrets Manager that failed.',
  },
  Throttled: { meaning: 'Those of them that were throttled.' },
  Fault: { meaning: 'Failures of ours: what nobody expected.' },
  CleanupRan: { meaning: 'One per run of the cleanup: its absence tells that the schedule has stopped.' },
  CleanupClosed: { meaning: 'Connections that a run closed.' },
  CleanupAnnounced: { meaning: 'Connections that a run said something to.' },
  CleanupChecked: { meaning: 'Connections whose socket was asked after and is there.' },
  CleanupRobotsOffline: { meaning: 'Robots whose resume window a run ended.' },
  CleanupSessionsEnded: { meaning: 'Sessions that a run ended.' },
  CleanupFailed: { meaning: 'Items that a run failed at; they stay due.' },
  CleanupBehind: { meaning: '1 when a run stopped with work left.' },
  CleanupLag: {
    meaning:
      'How late the latest item was taken up; grows when the cleanup cannot keep up, or has stood still.',
  },
  CleanupTook: { meaning: 'How long a run took.' },
  RobotsOnline: { meaning: 'Robots with a connection, at every fifth run of the cleanup.' },
  RobotsAway: { meaning: 'Robots that lost theirs and may still come back.' },
  RobotsKnown: { meaning: 'All robots that were ever here.' },
} as const satisfies Record<LifeMetricName, Entry>;

/** The values of a metric's dimension; none for a metric that has no second one. */
export function valuesOf(name: LifeMetricName): readonly string[] {
  const entry: Entry = metricCatalogue[name];
  return entry.values ?? [];
}
