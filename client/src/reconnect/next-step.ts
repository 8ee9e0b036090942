import type { ConnectionEnd } from '../connection/connection-end.ts';
import type { ErrorCode, GoAway } from '../wire/messages.ts';

/** Why a client has ended for good. Each needs somebody: the application, the user, or who manages the user pool. */
export type ClosedReason =
  /** `close()` was called. */
  | 'closed_by_application'
  /** The token source has no way to a token any more: the user signs in again. */
  | 'sign_in_required'
  /** The sign-in was revoked. */
  | 'revoked'
  /** A fresh token was refused, too: it is not one for this server. */
  | 'token_refused'
  /** Known, but not permitted, with a fresh token too. */
  | 'forbidden'
  /** A newer connection of the same client has taken over. */
  | 'replaced'
  /** Another device has the same robot identity: this one was replaced again and again. */
  | 'identity_contested'
  /** The token source gave a token of somebody else. */
  | 'identity_changed'
  /** The server does not speak this version. */
  | 'protocol_unsupported'
  /** The server cannot read the handshake of this client. */
  | 'bad_request'
  /** The address of the server cannot be used. */
  | 'bad_address';

export type NextStep =
  | {
      readonly do: 'connect';
      /** Ask the token source for a new token first. */
      readonly renew: boolean;
      /** At least this long; longer by backoff. A wait for the other side's sake is not cut short by waking. */
      readonly waitMs: number | undefined;
    }
  | { readonly do: 'stop'; readonly reason: ClosedReason };

/** What came before, as far as it decides. A series is the attempts since the last `welcome` that held. */
export type Series = {
  readonly kind: 'robot' | 'client' | undefined;
  /** Whether a token was renewed in this series. */
  readonly isRenewed: boolean;
  /** Whether it was renewed since the last `welcome`, even one that did not hold: then it is the renewed one that is refused. */
  readonly isUnproven: boolean;
  /** Times in a row that another device took over. */
  readonly replacements: number;
};

const replacedWaitMs = 60_000;
const mostReplacements = 3;

export const connect = (renew: boolean, waitMs?: number): NextStep => ({ do: 'connect', renew, waitMs });
const stop = (reason: ClosedReason): NextStep => ({ do: 'stop', reason });

/** The protocol's normative tables as a function: what a client does after this end. */
export function nextStep(end: ConnectionEnd, series: Series): NextStep {
  if (end.goAway && end.cause !== 'hello_refused') return afterGoAway(end.goAway, series);
  if (end.error) return afterHelloError(end.error.code, series, end.error.retryAfterMs);
  if (end.phase === 'handshake') return afterHandshake(end.status, series);
  return connect(false);
}

function afterGoAway(goAway: GoAway, series: Series): NextStep {
  switch (goAway.code) {
    case 'connection_max_age':
      return connect(false);
    case 'shutdown':
      return connect(false, goAway.reconnectAfterMs);
    case 'token_expired':
      return connect(true);
    case 'revoked':
      return goAway.reconnect ? connect(true) : stop('revoked');
    case 'replaced':
      if (series.kind !== 'robot') return stop('replaced');
      if (series.replacements >= mostReplacements) return stop('identity_contested');
      return connect(false, Math.max(replacedWaitMs, goAway.reconnectAfterMs ?? 0));
  }
}

function afterHandshake(status: number | undefined, series: Series): NextStep {
  switch (status) {
    case undefined:
      // A browser cannot tell a refusal from an outage: one renewal a series, or an outage would be a
      // storm on the identity provider (F6).
      return connect(!series.isRenewed);
    case 400:
      return stop('bad_request');
    case 401:
      return series.isUnproven ? stop('token_refused') : connect(true);
    case 403:
      // Groups are in the token: a new one may know better, once.
      return series.isUnproven ? stop('forbidden') : connect(true);
    default:
      return connect(false);
  }
}

function afterHelloError(code: ErrorCode, series: Series, retryAfterMs: number | undefined): NextStep {
  switch (code) {
    case 'protocol_unsupported':
      return stop('protocol_unsupported');
    case 'bad_request':
    case 'payload_too_large':
    case 'unknown_action':
      return stop('bad_request');
    case 'token_expired':
    case 'token_invalid':
    case 'unauthenticated':
      return connect(!series.isRenewed);
    case 'identity_mismatch':
      return stop('identity_changed');
    case 'forbidden':
      return series.isUnproven ? stop('forbidden') : connect(true);
    // It is the server that cannot now; or what it says is no answer to a `hello`.
    default:
      return connect(false, retryAfterMs);
  }
}
