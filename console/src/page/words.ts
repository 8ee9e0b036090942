/** A duration as a person says it. */
export function inWords(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1_000));
  if (s < 120) return `${s} s`;
  if (s < 7_200) return `${Math.round(s / 60)} min`;
  return `${Math.round(s / 3_600)} h`;
}

/** A time that is counted down or up, of even width: `3:07`, `1:02:07`. */
export function clockOf(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1_000));
  const [h, min] = [Math.floor(s / 3_600), Math.floor((s % 3_600) / 60)];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(min)}:${two(s % 60)}` : `${min}:${two(s % 60)}`;
}
