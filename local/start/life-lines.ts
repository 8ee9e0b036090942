import { styleText } from 'node:util';
import type { Overrides } from '../../functions/runtime/dependencies.ts';

type LifeLog = NonNullable<Overrides['lifeLog']>;
type LifeEvent = Parameters<LifeLog['note']>[0];

/** Prints the life of the stack for a person: a line a change, nothing for a cleanup that found nothing. */
export function lifeLines(print: (line: string) => void): LifeLog {
  return {
    note(event) {
      const text = describe(event);
      if (text !== undefined) print(`${styleText('dim', new Date().toLocaleTimeString('en-GB'))}  ${text}`);
    },
  };
}

function describe(event: LifeEvent): string | undefined {
  switch (event.type) {
    case 'connected':
      return `${event.kind} connected, token good for ${seconds(event.tokenRemainingMs)}  ${event.connectionId}`;
    case 'token_lifetime_mismatch':
      return warn(
        `a token lives ${seconds(event.lifetimeMs)}, the policy says ${seconds(event.policyMs)}  ${event.connectionId}`,
      );
    case 'connect_refused':
      return warn(`connection refused: ${event.status} ${event.reason}`);
    case 'welcomed':
      return `welcome ${event.robotId ?? `client ${event.clientId ?? ''}`}${event.epoch === undefined ? '' : ` (epoch ${event.epoch})`}`;
    case 'replaced':
      return `${event.robotId} has moved to a newer connection; the old one was told`;
    case 'claim_given_back':
      return warn(`${event.robotId} was given back: its new connection could not be reached`);
    case 'client_given_back':
      return warn(`client ${event.clientId} was given back: its new connection could not be reached`);
    case 'identity_contested':
      return warn(`${event.robotId} is claimed again and again: do two devices use its identity?`);
    case 'control_changed':
      return `control of ${event.robotId}: ${event.sessionId ?? 'free'} (lease ${event.leaseEpoch})`;
    case 'refreshed':
      return `token refreshed, good until ${new Date(event.tokenExpiresAt).toLocaleTimeString('en-GB')}  ${event.connectionId}`;
    case 'token_expiring':
      return `${event.kind} warned: its token ends in ${seconds(event.remainingMs)}  ${event.connectionId}`;
    case 'token_expired':
      return warn(`the token of a ${event.kind} has run out; it may still refresh  ${event.connectionId}`);
    case 'rolling_over':
      return `${event.kind} told to open its next connection  ${event.connectionId}`;
    case 'revoked':
      return warn(`revoked (${event.how}): ${event.closed} connections closed  ${event.principalId}`);
    case 'session_opened':
      return `session opened with ${event.robotId}  ${event.sessionId}`;
    case 'session_closed':
      return `session with ${event.robotId} ended: ${event.reason}  ${event.sessionId}`;
    case 'robot_offline':
      return `${event.robotId} is offline`;
    case 'disconnected':
      return `${event.kind} left (${event.how}) after ${seconds(event.lifetimeMs)} and ${event.refreshes} refreshes  ${event.connectionId}`;
    case 'message_refused':
      return warn(`${event.action} refused: ${event.code}  ${event.connectionId}`);
    case 'posts_failed':
    case 'robots_counted':
      return undefined;
    case 'dependency_unavailable':
      return warn(`${event.where}: ${event.code}; the caller was told to try again`);
    case 'fault':
      return styleText('red', `fault in ${event.where}: ${event.name}\n${event.stack ?? ''}`);
    case 'cleanup_done':
      return event.closed + event.robotsOffline + event.sessionsEnded + event.failed === 0
        ? undefined
        : `cleanup: ${event.closed} connections closed, ${event.robotsOffline} robots offline, ${event.sessionsEnded} sessions ended`;
  }
}

function warn(text: string): string {
  return styleText('yellow', text);
}

function seconds(ms: number): string {
  return ms >= 600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}
