const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads durations such as `500ms`, `30s`, `5m`, `2h`, `1d` into milliseconds.
 *
 * @throws {RangeError} for anything else, saying what was expected.
 */
export function parseDuration(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  const [, amount, unit] = match ?? [];
  const ms = Number(amount) * (unitMs[unit as keyof typeof unitMs] ?? Number.NaN);
  if (!Number.isSafeInteger(ms) || ms <= 0) {
    throw new RangeError(`expected a duration such as 500ms, 30s, 5m or 2h, not "${text}"`);
  }
  return ms;
}
