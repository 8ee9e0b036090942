import { type ChallengeStore, createChallengeStore } from './challenge-store.ts';
import { refusals } from './cognito-error.ts';
import type {
  ClientKind,
  EmitEvent,
  ExplicitAuthFlow,
  LocalIdentityOptions,
  RefreshTokenRotation,
} from './identity-options.ts';
import type { ManagementChange } from './management-event.ts';
import { createPasswordLockout, type PasswordLockout } from './password-lockout.ts';
import { createSessionStore, type SessionStore } from './session-store.ts';
import type { SigningKeys } from './signing-keys.ts';
import { createUserDirectory, seedUsers, type UserDirectory, type UserRecord } from './user-directory.ts';

export type AppClient = {
  readonly id: string;
  readonly name: ClientKind;
  readonly refreshLifeMs: number;
  readonly flows: readonly ExplicitAuthFlow[];
  readonly rotation: RefreshTokenRotation | undefined;
};

/** Everything that an operation may read or change. */
export type UserPool = {
  readonly id: string;
  readonly region: string;
  readonly issuer: string;
  readonly createdAt: number;
  readonly accessLifeMs: number;
  readonly idLifeMs: number;
  readonly clients: readonly AppClient[];
  readonly users: UserDirectory;
  readonly sessions: SessionStore;
  readonly challenges: ChallengeStore;
  readonly lockout: PasswordLockout;
  readonly keys: SigningKeys;
  readonly clock: () => number;
  readonly emit: EmitEvent;
  /** For what has succeeded: the last step of an operation. */
  readonly tellManagement: (change: ManagementChange) => void;
};

const defaultFlows: readonly ExplicitAuthFlow[] = [
  'ALLOW_USER_PASSWORD_AUTH',
  'ALLOW_ADMIN_USER_PASSWORD_AUTH',
  'ALLOW_REFRESH_TOKEN_AUTH',
];

export function createUserPool(
  options: LocalIdentityOptions,
  wiring: Pick<UserPool, 'keys' | 'clock' | 'emit' | 'tellManagement'>,
): UserPool {
  const { clock } = wiring;
  const users = createUserDirectory(clock);
  seedUsers(users, { users: options.users, userPoolId: options.userPoolId, now: clock() });

  const client = (name: ClientKind): AppClient => ({
    id: options.clients[name],
    name,
    refreshLifeMs: options.lifetimes.refreshTokenMs[name],
    flows: options.allowedFlows?.[name] ?? defaultFlows,
    rotation: options.refreshTokenRotation?.[name],
  });

  return {
    id: options.userPoolId,
    region: options.region,
    issuer: `https://cognito-idp.${options.region}.amazonaws.com/${options.userPoolId}`,
    createdAt: clock(),
    accessLifeMs: options.lifetimes.accessTokenMs,
    idLifeMs: options.lifetimes.idTokenMs,
    clients: [client('robots'), client('people')],
    users,
    sessions: createSessionStore(),
    challenges: createChallengeStore(clock),
    lockout: createPasswordLockout(clock),
    ...wiring,
  };
}

export function requirePool(pool: UserPool, userPoolId: string): void {
  if (userPoolId !== pool.id) throw refusals.unknownPool(userPoolId);
}

export function requireClient(pool: UserPool, clientId: string): AppClient {
  const client = pool.clients.find((candidate) => candidate.id === clientId);
  if (client === undefined) throw refusals.unknownClient(clientId);
  return client;
}

/** Admin operations take the user name or the sub, as Cognito's do. */
export function requireUser(pool: UserPool, input: { UserPoolId: string; Username: string }): UserRecord {
  requirePool(pool, input.UserPoolId);
  const user = pool.users.byName(input.Username) ?? pool.users.bySub(input.Username);
  if (user === undefined) throw refusals.unknownUser();
  return user;
}
