import {
  admin1,
  operator1,
  operator2,
  operator9,
  rover1,
  rover2,
  type User,
  user,
  viewer1,
} from '../../../unit/core/support/people.ts';

const rover8 = user('rover-8', 'robots', 'fleet:other');

export const users = [rover1, rover2, rover8, operator1, operator2, operator9, viewer1, admin1] as const;

/** Every socket of the world, by its connection id. Two are of one person; one has not said `hello`. */
export const sockets: readonly { name: string; who: User; isSilent?: true }[] = [
  { name: 'rover-1', who: rover1 },
  { name: 'rover-2', who: rover2 },
  { name: 'rover-8', who: rover8 },
  { name: 'operator-1', who: operator1 },
  { name: 'other-tab', who: operator1 },
  { name: 'operator-2', who: operator2 },
  { name: 'operator-9', who: operator9 },
  { name: 'viewer-1', who: viewer1 },
  { name: 'admin-1', who: admin1 },
  { name: 'silent', who: operator2, isSilent: true },
];

/** Who may see which robots: written down here, and not asked of the code. */
export const visible: Readonly<Record<string, readonly string[]>> = {
  'operator-1': ['rover-1', 'rover-2'],
  'operator-2': ['rover-1', 'rover-2'],
  'viewer-1': ['rover-1', 'rover-2'],
  'operator-9': ['rover-8'],
  'admin-1': ['rover-1', 'rover-2', 'rover-8'],
};
