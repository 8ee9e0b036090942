import type { IdentityUser } from '../../local/identity/identity.ts';

export const password = 'Heliograph-1!';

export const robotName = (index: number): string => `robot-${index}`;
export const operatorName = (index: number): string => `operator-${index}`;

/** So many robots, and as many operators who may control them, in one fleet. */
export function fleetUsers(count: number): readonly IdentityUser[] {
  return Array.from({ length: count }, (_, index) => [
    { userName: robotName(index), password, groups: ['robots', 'fleet:bench'] },
    { userName: operatorName(index), password, groups: ['operators', 'fleet:bench'] },
  ]).flat();
}
