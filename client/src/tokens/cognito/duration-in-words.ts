const unitsMs = [
  ['days', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** A duration as a person would say it: `3 h`, `12 min`, `40 s`. */
export function durationInWords(ms: number): string {
  const unit = unitsMs.find(([, unitMs]) => ms >= 2 * unitMs);
  return unit === undefined
    ? `${Math.max(0, Math.round(ms / 1000))} s`
    : `${Math.round(ms / unit[1])} ${unit[0]}`;
}
