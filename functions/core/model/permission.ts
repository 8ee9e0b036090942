import type { SessionMode } from '../../../protocol/messages/session-words.ts';
import { fleetsOf, roleOf } from './identity.ts';

/** Whether a person with these groups may see and open sessions with a robot of these fleets. */
export function maySee(groups: readonly string[], robotFleets: readonly string[]): boolean {
  const role = roleOf(groups);
  if (role === undefined) return false;
  if (role === 'admin') return true;
  return fleetsOf(groups).some((fleet) => robotFleets.includes(fleet));
}

/** Whether a person with these groups may control a robot of these fleets. */
export function mayControl(groups: readonly string[], robotFleets: readonly string[]): boolean {
  return maySee(groups, robotFleets) && mayUse(groups, 'control');
}

/** Whether the groups allow the mode, on a robot that may be seen. Viewers view. */
export function mayUse(groups: readonly string[], mode: SessionMode): boolean {
  const role = roleOf(groups);
  return mode === 'view' ? role !== undefined : role === 'admin' || role === 'operator';
}
