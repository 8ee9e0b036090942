import { createFaultDesk, type IdentityFaults } from './faults.ts';
import { guardedListener } from './guarded-listener.ts';
import { createRequestListener } from './http-edge.ts';
import {
  assertUsableOptions,
  type ClientKind,
  type EmitEvent,
  type LocalIdentityOptions,
} from './identity-options.ts';
import { listen } from './listen.ts';
import { managementEventOf } from './management-event.ts';
import { type Claims, createSigningKeys } from './signing-keys.ts';
import { createUserPool, type UserPool } from './user-pool.ts';
import { jwksPath } from './well-known.ts';

export type { CognitoErrorName } from './cognito-error.ts';
export type { IdentityFaults, IdentityStats, OutageKind } from './faults.ts';
export type {
  ClientKind,
  ExplicitAuthFlow,
  IdentityEvent,
  IdentityUser,
  LocalIdentityOptions,
  RefreshTokenRotation,
  RevocationCause,
} from './identity-options.ts';
export type { ManagementEvent } from './management-event.ts';

export type LocalIdentity = {
  /** Endpoint of Cognito's JSON API, e.g. `http://127.0.0.1:4511`. */
  readonly url: string;
  /** The `iss` of every token: the name Cognito would give itself, not an address that is served here. */
  readonly issuer: string;
  /** Where the keys really are. A verifier derives another address from the pool id: give it its own fetcher. */
  readonly jwksUri: string;
  readonly userPoolId: string;
  readonly clientIds: Readonly<Record<ClientKind, string>>;
  readonly faults: IdentityFaults;
  /** New signing keys; the old ones stay in the JWKS and their tokens stay good. */
  rotateKey(): Promise<void>;
  /**
   * For tests: a JWT with exactly these claims, signed RS256 with the current key (the ID tokens' when
   * `token_use` is `id`, else the access tokens'). `header` is laid over `{kid, alg}`. Nothing is recorded, so the
   * API itself (GetUser, GlobalSignOut) knows no session for it.
   */
  sign(claims: Claims, header?: Claims): string;
  /** Cuts every connection and frees the port. */
  close(): Promise<void>;
};

/**
 * Cognito on one machine: its JSON 1.1 API, its error names and texts, its tokens and its JWKS, on one port and in
 * memory. Rejects when the options cannot work or the port is taken.
 */
export async function startLocalIdentity(options: LocalIdentityOptions): Promise<LocalIdentity> {
  assertUsableOptions(options);
  const clock = options.clock ?? Date.now;
  const { region, userPoolId } = options;
  const onEvent = guardedListener(options.onEvent);
  const emit: EmitEvent = (event) => onEvent({ at: clock(), ...event });
  const onManagementEvent = guardedListener(options.onManagementEvent);
  const tellManagement: UserPool['tellManagement'] = (change) =>
    onManagementEvent(managementEventOf(change, { region, userPoolId, now: clock() }));
  const keys = await createSigningKeys();
  const pool = createUserPool(options, { keys, clock, emit, tellManagement });
  const faultDesk = createFaultDesk(clock);

  let url = '';
  const jwksUri = () => `${url}${jwksPath(pool.id)}`;
  const listening = await listen(createRequestListener({ pool, faultDesk, jwksUri }), {
    host: options.host ?? '127.0.0.1',
    port: options.port,
  });
  url = listening.url;
  emit({ kind: 'listening', url });

  return {
    url,
    issuer: pool.issuer,
    jwksUri: jwksUri(),
    userPoolId: pool.id,
    clientIds: { ...options.clients },
    faults: faultDesk.faults,
    async rotateKey() {
      emit({ kind: 'keyRotated', kids: await keys.rotate() });
    },
    sign: (claims, header = {}) =>
      keys.sign({ use: claims.token_use === 'id' ? 'id' : 'access', claims, header }),
    close: listening.close,
  };
}
