import type { RobotId } from '../../../protocol/ids.ts';
import { sessionDeadline } from '../model/client-session.ts';
import { type Connection, isExpired, refreshAt, type SocketAddress } from '../model/connection.ts';
import { connectionDeadline } from '../model/connection-deadline.ts';
import {
  fleetsOf,
  type Identity,
  identify,
  identityProblems,
  type VerifiedToken,
} from '../model/identity.ts';
import { done, type Outcome, refused } from '../outcome.ts';
import type { FleetDirectory } from '../ports/fleet-directory.ts';
import type { RevocationStore } from '../ports/revocation-store.ts';
import type { TokenVerifier } from '../ports/token-verifier.ts';
import type { EndConnectionDeps } from './end-connection.ts';
import { endForbiddenSessions } from './end-forbidden-sessions.ts';
import { endRevoked, isRevokedConnection, isRevokedToken } from './revoked-sign-in.ts';
import { tokenExpired, unauthenticated } from './sender.ts';
import { watchAgain } from './watch-robots.ts';

export type RefreshDeps = EndConnectionDeps & {
  readonly verifier: TokenVerifier;
  readonly revocations: RevocationStore;
  readonly fleets: FleetDirectory;
};

export type Refresh = { readonly caller: SocketAddress; readonly token: string };

export type Refreshed = {
  readonly sentAt: number;
  readonly tokenExpiresAt: number;
  readonly refreshAt: number;
};

/** Lengthens the life of an open connection, until its grace has ended (I2). Never changes who it is, never shortens (I5). */
export async function refreshToken(deps: RefreshDeps, input: Refresh): Promise<Outcome<Refreshed>> {
  const verified = await verify(deps, input.token);
  if (!verified.ok) return verified;
  for (let round = 0; round < rounds; round++) {
    const outcome = await attempt(deps, input.caller, verified.value);
    if (outcome !== 'changed') return outcome;
  }
  return refused('unavailable', 'The connection is changing at this very moment; send the token again.');
}

/** Times that the row may change its state between the read and the write: a `hello` comes, or is given back. */
const rounds = 3;

async function attempt(
  deps: RefreshDeps,
  caller: SocketAddress,
  { token, identity }: { token: VerifiedToken; identity: Identity },
): Promise<Outcome<Refreshed> | 'changed'> {
  const connection = await deps.connections.get(caller.connectionId);
  if (connection === undefined || connection.state === 'closing') return unauthenticated();
  if (isExpired(connection.token.expiresAt + deps.policy.graceMs, deps.clock.now())) return tokenExpired();
  if (!isSame(connection.identity, identity)) {
    return refused('identity_mismatch', 'The token speaks for somebody else than this connection does.');
  }
  if (token.life.expiresAt < connection.token.expiresAt) return notNewer();
  if (await isRevokedToken(deps, token)) {
    return refused('token_invalid', 'The sign-in of this token was revoked; the one in use is kept.');
  }
  return write(deps, connection, token);
}

async function verify(
  deps: RefreshDeps,
  jwt: string,
): Promise<Outcome<{ token: VerifiedToken; identity: Identity }>> {
  const verification = await deps.verifier.verify(jwt);
  if (!verification.ok) {
    switch (verification.reason) {
      case 'invalid':
        return refused('token_invalid', 'The token is not valid here; the one in use is kept.');
      case 'other_use':
        return refused(
          'token_invalid',
          'The token is of the kind that is not taken here (access or ID); the one in use is kept.',
        );
      case 'other_client':
        return refused('token_invalid', 'The token is of another app client; the one in use is kept.');
      case 'expired':
        return refused('token_expired', 'The token sent has itself run out; renew it and send it again.');
      case 'unavailable':
        return refused('unavailable', 'The token cannot be checked now; the one in use is kept.');
    }
  }
  const identity = identify(verification.token);
  if (identity === 'no_group' || identity === 'ambiguous_groups') {
    return refused('forbidden', 'The user is no longer in exactly one kind of Heliograph group.');
  }
  if (typeof identity === 'string') return refused('forbidden', identityProblems[identity]);
  return done({ token: verification.token, identity });
}

/** Copies first, the connection last: a relay that trusts a copy is never ahead of the row that decides. */
async function write(
  deps: RefreshDeps,
  connection: Connection,
  token: VerifiedToken,
): Promise<Outcome<Refreshed> | 'changed'> {
  const { connectionId, state } = connection;
  await copyToSessions(deps, connection, token);
  const renewed = { ...connection, token: token.life };
  const outcome = await deps.connections.refresh(connectionId, {
    token: token.life,
    groups: token.groups,
    state,
    nextDeadlineAt: connectionDeadline(deps.policy, renewed),
  });
  switch (outcome) {
    case 'gone':
      return unauthenticated();
    case 'not_newer':
      return notNewer();
    case 'changed':
      return outcome;
    case 'refreshed':
      // Again, after the write: who revokes at this very moment may have listed what it closes before it.
      if (await isRevokedConnection(deps, renewed)) return endRevoked(deps, connectionId);
      deps.lifeLog.note({ type: 'refreshed', connectionId, tokenExpiresAt: token.life.expiresAt });
      // After the row has the new groups: from here on nothing more is opened by the old ones.
      if (connection.client !== undefined) {
        const sessions = await deps.clients.sessionsOf(connection.client.clientId);
        await endForbiddenSessions(deps, sessions, { connectionId, groups: token.groups });
        await watchByNewGroups(deps, connection);
      }
      return done({
        sentAt: deps.clock.now(),
        tokenExpiresAt: token.life.expiresAt,
        refreshAt: refreshAt(deps.policy, token.life),
      });
  }
}

/** The row as it is now: what is watched may have changed since it was read. */
async function watchByNewGroups(deps: RefreshDeps, { connectionId, identity }: Connection): Promise<void> {
  const current = await deps.connections.get(connectionId);
  if (current !== undefined) await watchAgain(deps, current, { before: identity.groups });
}

async function copyToSessions(
  deps: RefreshDeps,
  connection: Connection,
  token: VerifiedToken,
): Promise<void> {
  const { connectionId, identity, client } = connection;
  const tokenExpiresAt = token.life.expiresAt;
  if (identity.kind === 'robot') {
    const { robotId } = identity;
    const fleets = fleetsOf(token.groups);
    await relist(deps, connection, { robotId, fleets });
    await deps.robots.copyToken(robotId, { connectionId, tokenExpiresAt, fleets });
  } else if (client !== undefined) {
    const nextDeadlineAt = sessionDeadline(deps.policy, tokenExpiresAt);
    const keys = await deps.clients.sessionsOf(client.clientId);
    await Promise.all(
      keys.map((key) => deps.sessions.copyToken(key, { connectionId, tokenExpiresAt, nextDeadlineAt })),
    );
  }
}

/** A robot whose fleets have changed is listed in the new ones at once, if it is this connection's. */
async function relist(
  deps: RefreshDeps,
  { connectionId }: Connection,
  { robotId, fleets }: { robotId: RobotId; fleets: readonly string[] },
): Promise<void> {
  const robot = await deps.robots.get(robotId);
  if (robot?.socket?.connectionId !== connectionId) return;
  const left = robot.fleets.filter((fleet) => !fleets.includes(fleet));
  const joined = fleets.filter((fleet) => !robot.fleets.includes(fleet));
  if (left.length + joined.length > 0) await deps.fleets.enlist(robotId, { fleets, left });
}

function isSame(one: Identity, other: Identity): boolean {
  if (one.principalId !== other.principalId || one.kind !== other.kind) return false;
  return one.kind !== 'robot' || other.kind !== 'robot' || one.robotId === other.robotId;
}

function notNewer() {
  return refused('token_not_newer', 'The token ends sooner than the one in use, which is kept.');
}
