/** What kind of thing was thrown. Its message may quote what it was given, so only its name is told (I9). */
export function nameOf(failure: unknown): string {
  return failure instanceof Error ? failure.name : typeof failure;
}
