/** What the second dimension of a metric tells; the first is always `service`. */
export type MetricDimension = 'kind' | 'reason' | 'how' | 'code';

export type LifeMetric = {
  readonly unit: 'Count' | 'Milliseconds';
  readonly dimension: MetricDimension | undefined;
};

/**
 * Every metric of the functions, with its unit and the dimension it has beside `service`. The log names
 * them from here; what each means is in `metric-catalogue.ts`, which is in no bundle.
 */
export const lifeMetrics = {
  Connected: { unit: 'Count', dimension: 'kind' },
  TokenRemainingAtConnect: { unit: 'Milliseconds', dimension: 'kind' },
  TokenLifetime: { unit: 'Milliseconds', dimension: 'kind' },
  TokenLifetimeMismatch: { unit: 'Count', dimension: undefined },
  ConnectRefused: { unit: 'Count', dimension: 'reason' },
  Welcomed: { unit: 'Count', dimension: 'kind' },
  ResumeKept: { unit: 'Count', dimension: 'kind' },
  ResumeLost: { unit: 'Count', dimension: 'kind' },
  Replaced: { unit: 'Count', dimension: undefined },
  ClaimGivenBack: { unit: 'Count', dimension: undefined },
  IdentityContested: { unit: 'Count', dimension: undefined },
  ControlChanged: { unit: 'Count', dimension: undefined },
  TokenRefreshed: { unit: 'Count', dimension: undefined },
  TokenRefreshRefused: { unit: 'Count', dimension: 'code' },
  TokenExpiring: { unit: 'Count', dimension: 'kind' },
  TokenExpired: { unit: 'Count', dimension: 'kind' },
  RobotClosedByGrace: { unit: 'Count', dimension: 'how' },
  RollOverAnnounced: { unit: 'Count', dimension: 'kind' },
  Revoked: { unit: 'Count', dimension: 'how' },
  RevokedConnections: { unit: 'Count', dimension: 'how' },
  SessionOpened: { unit: 'Count', dimension: undefined },
  SessionClosed: { unit: 'Count', dimension: 'reason' },
  RobotOffline: { unit: 'Count', dimension: undefined },
  Disconnected: { unit: 'Count', dimension: 'how' },
  ConnectionLifetime: { unit: 'Milliseconds', dimension: 'how' },
  TokenRemainingAtDisconnect: { unit: 'Milliseconds', dimension: 'how' },
  RefreshesOfConnection: { unit: 'Count', dimension: 'how' },
  MessageRefused: { unit: 'Count', dimension: 'code' },
  PostGone: { unit: 'Count', dimension: undefined },
  PostThrottled: { unit: 'Count', dimension: undefined },
  DependencyUnavailable: { unit: 'Count', dimension: undefined },
  Throttled: { unit: 'Count', dimension: undefined },
  Fault: { unit: 'Count', dimension: undefined },
  CleanupRan: { unit: 'Count', dimension: undefined },
  CleanupClosed: { unit: 'Count', dimension: undefined },
  CleanupAnnounced: { unit: 'Count', dimension: undefined },
  CleanupChecked: { unit: 'Count', dimension: undefined },
  CleanupRobotsOffline: { unit: 'Count', dimension: undefined },
  CleanupSessionsEnded: { unit: 'Count', dimension: undefined },
  CleanupFailed: { unit: 'Count', dimension: undefined },
  CleanupBehind: { unit: 'Count', dimension: undefined },
  CleanupLag: { unit: 'Milliseconds', dimension: undefined },
  CleanupTook: { unit: 'Milliseconds', dimension: undefined },
  RobotsOnline: { unit: 'Count', dimension: undefined },
  RobotsAway: { unit: 'Count', dimension: undefined },
  RobotsKnown: { unit: 'Count', dimension: undefined },
} as const satisfies Record<string, LifeMetric>;

export type LifeMetricName = keyof typeof lifeMetrics;
