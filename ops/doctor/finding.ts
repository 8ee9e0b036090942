/** What a check has found. A fault has its remedy: what to do, not what to think about. */
export type Finding =
  | { readonly check: string; readonly state: 'ok' | 'skipped'; readonly says: string }
  | {
      readonly check: string;
      readonly state: 'fault' | 'warning';
      readonly says: string;
      readonly remedy: string;
    };

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says });
export const skipped = (check: string, says: string): Finding => ({ check, state: 'skipped', says });
export const fault = (check: string, says: string, remedy: string): Finding => ({
  check,
  state: 'fault',
  says,
  remedy,
});
export const warning = (check: string, says: string, remedy: string): Finding => ({
  check,
  state: 'warning',
  says,
  remedy,
});

const units = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `4 h`, `1 h 30 min`, `30 days`: exact, the two largest units that it takes. */
export function inWords(ms: number): string {
  let left = Math.round(Math.abs(ms) / 1_000) * 1_000;
  const parts: string[] = [];
  for (const [unit, unitMs] of units) {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    if (count > 0) parts.push(`${count} ${unit}${unit === 'day' && count > 1 ? 's' : ''}`);
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
