import type { ConnectionId, PrincipalId } from '../../../protocol/ids.ts';
import type { TokenPolicy } from '../../../protocol/token-policy.ts';
import type { Connection, HowEnded } from '../model/connection.ts';
import type { RevocationStore, SignIn } from '../ports/revocation-store.ts';
import type { SignInAuthority } from '../ports/sign-in-authority.ts';
import type { EndConnectionDeps } from './end-connection.ts';
import { closeForToken, partWith } from './part-with.ts';
import { isRevokedConnection } from './revoked-sign-in.ts';

export type RevokeDeps = EndConnectionDeps & {
  readonly revocations: RevocationStore;
  readonly pause: (ms: number) => Promise<void>;
};

/** Pause between the two listings: longer than an index lags, and than the second that tokens are rounded to. */
export const listAgainAfterMs = 2_000;

/** `at`: Unix ms by Cognito's clock, which the tokens' times come from as well. */
export type Revoked = { readonly principalId: PrincipalId; readonly at: number };

/**
 * Signs a user out everywhere: first at Cognito, so that no new token can be had; then on record; then
 * the open connections are closed. Who signs in after this has returned is not concerned.
 *
 * @returns the number of connections closed; undefined when there is no such user.
 */
export async function signOutEverywhere(
  deps: RevokeDeps & { readonly authority: SignInAuthority },
  userName: string,
): Promise<number | undefined> {
  const signedOut = await deps.authority.signOutEverywhere(userName);
  return signedOut === undefined ? undefined : revokeSignIns(deps, signedOut);
}

/** Cognito has ended every sign-in of the user: signed out, disabled or deleted. */
export async function revokeSignIns(deps: RevokeDeps, { principalId, at }: Revoked): Promise<number> {
  await deps.revocations.revokeSignInsUntil(principalId, kept(deps.policy, at));
  return closeRevoked(deps, principalId, 'revoked');
}

/** The user was taken out of a group: tokens that still name it are refused, and renewed ones are not. */
export async function revokeTokens(deps: RevokeDeps, { principalId, at }: Revoked): Promise<number> {
  await deps.revocations.revokeTokensUntil(principalId, kept(deps.policy, at));
  return closeRevoked(deps, principalId, 'regrouped');
}

/**
 * Ends one sign-in of a user. At Cognito only its refresh token can do that, which is never sent here
 * (ADR 0011): whoever holds it revokes it there first. If they do not, what it still brings is refused.
 */
export async function revokeSignIn(deps: RevokeDeps, signIn: SignIn): Promise<number> {
  const { keepUntil } = kept(deps.policy, deps.clock.now());
  await deps.revocations.revokeSignIn(signIn, { keepUntil });
  return closeRevoked(deps, signIn.principalId, 'revoked');
}

/** Puts on record that the sign-in behind a connection has ended. Without a name of its own, all until it have. */
export async function recordSignOut(deps: RevokeDeps, { identity, token }: Connection): Promise<void> {
  const { principalId } = identity;
  const { originJti, signedInAt } = token;
  const { keepUntil } = kept(deps.policy, deps.clock.now());
  if (originJti === undefined) {
    await deps.revocations.revokeSignInsUntil(principalId, { at: signedInAt, keepUntil });
  } else {
    await deps.revocations.revokeSignIn({ principalId, originJti }, { keepUntil });
  }
}

/** As long as a refresh token of before can bring tokens that the record must refuse. */
function kept({ refreshTokenMs, tokenMs }: TokenPolicy, at: number) {
  return { at, keepUntil: at + Math.max(refreshTokenMs.people, refreshTokenMs.robots) + tokenMs };
}

/**
 * Closes what the record covers, and lists twice: a connection that was being written when the record
 * was is in the second list, and one that is later still finds the record at its `hello`. What the
 * first list could not close the second one finishes, or says that it could not.
 */
async function closeRevoked(deps: RevokeDeps, principalId: PrincipalId, how: HowEnded): Promise<number> {
  const first = await closeWhatCan(deps, { principalId, how });
  await deps.pause(listAgainAfterMs);
  const closed = first.closed + (await closeListed(deps, { principalId, how, finish: true }));
  deps.lifeLog.note({ type: 'revoked', principalId, how, closed });
  return closed;
}

type Listing = {
  readonly principalId: PrincipalId;
  readonly how: HowEnded;
  /** Left out: who ends it is another. */
  readonly except?: ConnectionId;
  /** Whether what somebody else began to close is finished. */
  readonly finish?: boolean;
};

/**
 * Closes what is listed and revoked.
 *
 * @returns the number of connections closed.
 * @throws what failed, after the others had their turn: who called calls again, all of this may be repeated.
 */
export async function closeListed(deps: RevokeDeps, listing: Listing): Promise<number> {
  const { closed, failure } = await closeWhatCan(deps, listing);
  if (failure !== undefined) throw failure.thrown;
  return closed;
}

async function closeWhatCan(deps: RevokeDeps, listing: Listing) {
  let closed = 0;
  const closeOne = async (id: ConnectionId) => {
    if (await closeIfRevoked(deps, id, listing)) closed += 1;
  };
  const closeAll = async () => {
    const listed = await deps.connections.listByPrincipal(listing.principalId);
    const outcomes = await Promise.allSettled(listed.filter((id) => id !== listing.except).map(closeOne));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };
  const failure = await closeAll().then(
    () => undefined,
    (thrown: unknown) => ({ thrown }),
  );
  return { closed, failure };
}

/** Whether it is closed by that, or what closing for the same reason had left undone is done. */
async function closeIfRevoked(
  deps: RevokeDeps,
  connectionId: ConnectionId,
  { how, finish = false }: Listing,
): Promise<boolean> {
  const connection = await deps.connections.get(connectionId);
  if (connection === undefined) return false;
  if (connection.state === 'closing') {
    if (finish) await partWith(deps, connection, connection.endsAs ?? how);
    return finish && connection.endsAs === how;
  }
  if (!(await isRevokedConnection(deps, connection))) return false;
  return closeForToken(deps, connection, how);
}
