/** Every metric of the handlers, with its unit and the dimension it has beside `service`. */
export const lifeMetrics = {
  Connected: { unit: 'Count', dimension: 'kind' },
  /** What was left of the token's life at connect; falls when clients connect with old tokens (F7). */
  TokenRemainingAtConnect: { unit: 'Milliseconds', dimension: 'kind' },
  /** Connections whose token came in the URL: robots that are still to be moved. */
  QueryTokenUsed: { unit: 'Count', dimension: 'kind' },
  /** A token whose life is not the policy's: it was set in two places, or not at all (F1). */
  TokenLifetimeMismatch: { unit: 'Count', dimension: undefined },
  ConnectRefused: { unit: 'Count', dimension: 'reason' },
  Welcomed: { unit: 'Count', dimension: 'kind' },
  Replaced: { unit: 'Count', dimension: undefined },
  ClaimGivenBack: { unit: 'Count', dimension: undefined },
  /** Two devices take themselves for one robot. */
  IdentityContested: { unit: 'Count', dimension: undefined },
  ControlChanged: { unit: 'Count', dimension: undefined },
  TokenRefreshed: { unit: 'Count', dimension: undefined },
  TokenRefreshRefused: { unit: 'Count', dimension: 'code' },
  /** Warnings sent to holders who had not refreshed by then. */
  TokenExpiring: { unit: 'Count', dimension: 'kind' },
  /** Tokens that ran out on an open connection; `Disconnected` by `expired` counts those that stayed so. */
  TokenExpired: { unit: 'Count', dimension: 'kind' },
  RollOverAnnounced: { unit: 'Count', dimension: 'kind' },
  /** Revocations, and the connections that they closed. */
  Revoked: { unit: 'Count', dimension: 'how' },
  RevokedConnections: { unit: 'Count', dimension: 'how' },
  SessionOpened: { unit: 'Count', dimension: undefined },
  SessionClosed: { unit: 'Count', dimension: 'reason' },
  RobotOffline: { unit: 'Count', dimension: undefined },
  Disconnected: { unit: 'Count', dimension: 'how' },
  /** How long the connection lived, against what was left of its token (F15). */
  ConnectionLifetime: { unit: 'Milliseconds', dimension: 'how' },
  TokenRemainingAtDisconnect: { unit: 'Milliseconds', dimension: 'how' },
  RefreshesOfConnection: { unit: 'Count', dimension: 'how' },
  /** Connections that lived to the end of the token that they came with, and never sent another. */
  NeverRefreshed: { unit: 'Count', dimension: 'how' },
  MessageRefused: { unit: 'Count', dimension: 'code' },
  DependencyUnavailable: { unit: 'Count', dimension: undefined },
  Fault: { unit: 'Count', dimension: undefined },
  /** One per run: its absence is what tells that the cleanup has stopped. */
  CleanupRan: { unit: 'Count', dimension: undefined },
  CleanupClosed: { unit: 'Count', dimension: undefined },
  CleanupAnnounced: { unit: 'Count', dimension: undefined },
  /** Connections whose socket was asked after. */
  CleanupChecked: { unit: 'Count', dimension: undefined },
  CleanupRobotsOffline: { unit: 'Count', dimension: undefined },
  CleanupSessionsEnded: { unit: 'Count', dimension: undefined },
  CleanupFailed: { unit: 'Count', dimension: undefined },
  /** 1 when the run stopped with work left. */
  CleanupBehind: { unit: 'Count', dimension: undefined },
  /** How late the latest item was taken up; grows when the cleanup cannot keep up, or has stood still. */
  CleanupLag: { unit: 'Milliseconds', dimension: undefined },
  CleanupTook: { unit: 'Milliseconds', dimension: undefined },
} as const satisfies Record<string, LifeMetric>;

export type LifeMetric = {
  readonly unit: 'Count' | 'Milliseconds';
  readonly dimension: 'kind' | 'reason' | 'how' | 'code' | undefined;
};

export type LifeMetricName = keyof typeof lifeMetrics;
