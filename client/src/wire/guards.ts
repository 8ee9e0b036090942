/** Says whether a received value is what it should be. */
export type Guard = (value: unknown) => boolean;

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text of `min` to `max` characters. */
export function text(min = 0, max = Number.POSITIVE_INFINITY): Guard {
  return (value) => typeof value === 'string' && value.length >= min && value.length <= max;
}

/** A whole number that is exact as a double. */
export function whole(min = Number.MIN_SAFE_INTEGER): Guard {
  return (value) => Number.isSafeInteger(value) && Number(value) >= min;
}

export const flag: Guard = (value) => typeof value === 'boolean';
export const anything: Guard = () => true;

export function oneOf(...names: readonly string[]): Guard {
  return (value) => typeof value === 'string' && names.includes(value);
}

export function listOf(item: Guard): Guard {
  return (value) => Array.isArray(value) && value.every(item);
}

export function optional(guard: Guard): Guard {
  return (value) => value === undefined || guard(value);
}

export function nullable(guard: Guard): Guard {
  return (value) => value === null || guard(value);
}

/** An object that has these fields; others are ignored, as the protocol says. */
export function fields(guards: Readonly<Record<string, Guard>>): Guard {
  const all = Object.entries(guards);
  return (value) => isRecord(value) && all.every(([name, guard]) => guard(value[name]));
}
