import type { HandshakeRefusal, TokenCarrier } from '../../../protocol/handshake.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { Credentials } from '../credentials.ts';
import type { Connection, SocketAddress } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import { identify, type VerifiedToken } from '../model/identity.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { LifeLog } from '../ports/life-log.ts';
import type { RevocationStore } from '../ports/revocation-store.ts';
import type { TokenVerifier } from '../ports/token-verifier.ts';
import { isRevokedToken } from './revoked-sign-in.ts';

export type ConnectDeps = {
  readonly verifier: TokenVerifier;
  readonly connections: ConnectionStore;
  readonly revocations: RevocationStore;
  readonly clock: Clock;
  readonly policy: TokenPolicy;
  readonly lifeLog: LifeLog;
};

export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly status: HandshakeRefusal; readonly message: string };

const refusalsByVerification = {
  invalid: { status: 401, message: 'The token is not valid here. Renew it, then connect again.' },
  expired: { status: 401, message: 'The token has run out. Renew it, then connect again.' },
  unavailable: {
    status: 503,
    message: 'The token cannot be checked now. Keep it and connect again with backoff.',
  },
} as const;

/**
 * Authenticates a new socket and records it. It does not yet take anything over: the gateway answers
 * 410 to every post until `$connect` has returned, so the session is claimed by `hello`,
 * which also finds a revocation that is written at this very moment.
 */
export async function connect(
  deps: ConnectDeps,
  input: { socket: SocketAddress; credentials: Credentials },
): Promise<Admission> {
  const { credentials } = input;
  if (!credentials.found) return withoutToken(deps, credentials.reason);

  const verification = await deps.verifier.verify(credentials.token);
  if (!verification.ok) {
    const { status, message } = refusalsByVerification[verification.reason];
    return refuse(deps, { status, message, reason: `token_${verification.reason}` });
  }
  return admit(deps, { socket: input.socket, token: verification.token, carrier: credentials.carrier });
}

function withoutToken(deps: ConnectDeps, reason: 'absent' | 'malformed' | 'query_token_off'): Admission {
  switch (reason) {
    case 'malformed':
      return refuse(deps, {
        status: 400,
        message: 'The token is carried in a form that cannot be read.',
        reason,
      });
    case 'absent':
      return refuse(deps, { status: 401, message: 'A token is required to connect.', reason });
    case 'query_token_off':
      return refuse(deps, {
        status: 401,
        message: 'Tokens in the URL are not accepted here; send an Authorization header or a subprotocol.',
        reason,
      });
  }
}

async function admit(
  deps: ConnectDeps,
  entry: { socket: SocketAddress; token: VerifiedToken; carrier: TokenCarrier },
): Promise<Admission> {
  const identity = identify(entry.token);
  if (identity === 'no_group' || identity === 'ambiguous_groups') {
    const message =
      identity === 'no_group'
        ? 'The user is in no Heliograph group.'
        : 'The user is in a robot group and in a group for people; it must be one of them.';
    return refuse(deps, { status: 403, message, reason: identity });
  }
  if (await isRevokedToken(deps, entry.token)) {
    return refuse(deps, {
      status: 401,
      message: 'The sign-in was revoked. Renew the token once; when that fails, sign in again.',
      reason: 'revoked',
    });
  }
  const now = deps.clock.now();
  const young = {
    ...entry.socket,
    connectedAt: now,
    token: entry.token.life,
    state: 'connected',
    watching: [],
    refreshes: 0,
    settledUntil: 0,
  } as const;
  const connection: Connection = {
    ...young,
    identity,
    nextDeadlineAt: connectionDeadline(deps.policy, young),
  };
  await deps.connections.create(connection);
  deps.lifeLog.note({
    type: 'connected',
    connectionId: connection.connectionId,
    kind: identity.kind,
    carrier: entry.carrier,
    tokenExpiresAt: entry.token.life.expiresAt,
    tokenRemainingMs: entry.token.life.expiresAt - now,
    tokenLifetimeMs: entry.token.life.expiresAt - entry.token.life.issuedAt,
  });
  noteMismatch(deps, connection);
  return { admitted: true };
}

/** Cognito rounds nothing, so what differs by more than this was set elsewhere. */
const mismatchMs = 60_000;

/** Says when tokens do not live as long as the policy has it: F1 went unseen for months. */
function noteMismatch({ policy, lifeLog }: ConnectDeps, { connectionId, token }: Connection): void {
  const lifetimeMs = token.expiresAt - token.issuedAt;
  if (Math.abs(lifetimeMs - policy.tokenMs) <= mismatchMs) return;
  lifeLog.note({ type: 'token_lifetime_mismatch', connectionId, lifetimeMs, policyMs: policy.tokenMs });
}

function refuse(
  deps: ConnectDeps,
  refusal: { status: HandshakeRefusal; message: string; reason: string },
): Admission {
  deps.lifeLog.note({ type: 'connect_refused', status: refusal.status, reason: refusal.reason });
  return { admitted: false, status: refusal.status, message: refusal.message };
}
