import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IdentityUser } from './identity-options.ts';

export type UserStatus = 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD';

export type UserRecord = {
  readonly userName: string;
  readonly sub: string;
  readonly attributes: Map<string, string>;
  readonly groups: Set<string>;
  readonly createdAt: number;
  modifiedAt: number;
  enabled: boolean;
  status: UserStatus;
  passwordDigest: Buffer;
};

export type GroupRecord = {
  readonly name: string;
  readonly description?: string;
  readonly precedence?: number;
  readonly createdAt: number;
};

export type NewUser = {
  userName: string;
  sub: string;
  password: string;
  status: UserStatus;
  attributes?: Iterable<readonly [string, string]>;
};

/** Who exists, in memory. Names are case-sensitive; order is that of creation. */
export type UserDirectory = {
  readonly groups: Map<string, GroupRecord>;
  byName(userName: string): UserRecord | undefined;
  bySub(sub: string): UserRecord | undefined;
  /** By the e-mail address, in whatever case, as a pool does that takes it for a user name. */
  byEmail(email: string): UserRecord | undefined;
  all(): readonly UserRecord[];
  add(user: NewUser): UserRecord;
  remove(user: UserRecord): void;
  setPassword(user: UserRecord, password: string, status: UserStatus): void;
  passwordMatches(user: UserRecord, password: string): boolean;
};

export function createUserDirectory(clock: () => number): UserDirectory {
  const users = new Map<string, UserRecord>();
  // A keyed hash, not scrypt: nothing outlives the process, and a load test signs in thousands of robots.
  const pepper = randomBytes(32);
  const digest = (sub: string, password: string) =>
    createHmac('sha256', pepper).update(`${sub}\0${password}`).digest();

  return {
    groups: new Map(),
    byName: (userName) => users.get(userName),
    bySub: (sub) => [...users.values()].find((user) => user.sub === sub),
    byEmail: (email) =>
      [...users.values()].find((user) => user.attributes.get('email')?.toLowerCase() === email.toLowerCase()),
    all: () => [...users.values()],
    add({ userName, sub, password, status, attributes = [] }) {
      const now = clock();
      const user: UserRecord = {
        userName,
        sub,
        attributes: new Map(attributes),
        groups: new Set(),
        createdAt: now,
        modifiedAt: now,
        enabled: true,
        status,
        passwordDigest: digest(sub, password),
      };
      users.set(userName, user);
      return user;
    },
    remove: (user) => {
      users.delete(user.userName);
    },
    setPassword(user, password, status) {
      user.passwordDigest = digest(user.sub, password);
      user.status = status;
      user.modifiedAt = clock();
    },
    passwordMatches: (user, password) => timingSafeEqual(user.passwordDigest, digest(user.sub, password)),
  };
}

export function seedUsers(
  directory: UserDirectory,
  seeds: { users: readonly IdentityUser[]; userPoolId: string; now: number },
): void {
  for (const seed of seeds.users) {
    const user = directory.add({
      userName: seed.userName,
      sub: stableSub(seeds.userPoolId, seed.userName),
      password: seed.password,
      status: seed.mustChangePassword ? 'FORCE_CHANGE_PASSWORD' : 'CONFIRMED',
      attributes: seed.email === undefined ? [] : emailAttributes(seed.email),
    });
    for (const name of seed.groups) {
      if (!directory.groups.has(name)) directory.groups.set(name, { name, createdAt: seeds.now });
      user.groups.add(name);
    }
  }
}

/** A user made over the API gets a new sub, so that a deleted and re-made name is somebody else. */
export const newSub = (): string => randomUUID();

// Seeded users keep theirs over restarts: rows in a data directory that outlives this process name it.
function stableSub(userPoolId: string, userName: string): string {
  const hex = createHash('sha256').update(`${userPoolId}\0${userName}`).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function emailAttributes(email: string): [string, string][] {
  return [
    ['email', email],
    ['email_verified', 'true'],
  ];
}
