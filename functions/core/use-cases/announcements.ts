import type { GoAway, TokenExpired, TokenExpiring } from '../../../protocol/messages/from-server/token.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { Connection } from '../model/connection.ts';
import type { Milestone } from '../model/connection-deadline.ts';
import type { LifeLog } from '../ports/life-log.ts';

export type Announcement = TokenExpiring | TokenExpired | GoAway;

/**
 * What is said of the milestones that are due. Several warnings at once, after a run that came late,
 * are one; and none is sent of a token that has run out.
 */
export function announcements(
  policy: TokenPolicy,
  of: { connection: Connection; due: readonly Milestone[]; now: number },
): readonly Announcement[] {
  const isDue = (what: Milestone['what']) => of.due.some((milestone) => milestone.what === what);
  const { expiresAt } = of.connection.token;
  const said: Announcement[] = [];
  if (isDue('expiry')) {
    said.push({ type: 'tokenExpired', graceEndsAt: expiresAt + policy.graceMs });
  } else if (isDue('warning')) {
    said.push({ type: 'tokenExpiring', tokenExpiresAt: expiresAt, remainingMs: expiresAt - of.now });
  }
  if (isDue('roll_over')) said.push({ type: 'goAway', code: 'connection_max_age', reconnect: true });
  return said;
}

export function noteAnnouncement(lifeLog: LifeLog, connection: Connection, said: Announcement): void {
  const { connectionId, identity } = connection;
  const of = { connectionId, kind: identity.kind };
  switch (said.type) {
    case 'tokenExpiring':
      lifeLog.note({ type: 'token_expiring', ...of, remainingMs: said.remainingMs });
      return;
    case 'tokenExpired':
      lifeLog.note({ type: 'token_expired', ...of });
      return;
    case 'goAway':
      lifeLog.note({ type: 'rolling_over', ...of });
  }
}
