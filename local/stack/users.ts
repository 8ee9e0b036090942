import type { IdentityUser } from '../identity/identity.ts';

/** The password of every seeded user: printed at the start, and worth nothing anywhere else. */
export const seededPassword = 'Heliograph-1!';

const groupsByUser: Readonly<Record<string, readonly string[]>> = {
  'rover-1': ['robots', 'fleet:demo'],
  'rover-2': ['robots', 'fleet:demo'],
  'rover-3': ['robots', 'fleet:demo'],
  'operator-1': ['operators', 'fleet:demo'],
  'operator-2': ['operators', 'fleet:demo'],
  'viewer-1': ['viewers', 'fleet:demo'],
  'operator-9': ['operators', 'fleet:other'],
  'admin-1': ['admins'],
};

/** Who can sign in to the local stack, and to an emulator that the tests have deployed to. */
export const seededUsers: readonly IdentityUser[] = Object.entries(groupsByUser).map(
  ([userName, groups]) => ({
    userName,
    password: seededPassword,
    groups,
  }),
);
