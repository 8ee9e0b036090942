/** What the live view shows. */
export type LiveView = {
  readonly mode: 'control' | 'view';
  readonly pose: {
    readonly x: number;
    readonly y: number;
    readonly headingRad: number;
    readonly speed: number;
  };
  readonly posesPerSecond: number;
  readonly roundTripMs: number | undefined;
  /** How long ago the last pose came, when that is longer than it should be. */
  readonly silentMs: number | undefined;
};

export type Summary = {
  readonly seconds: number;
  readonly poses: number;
  readonly posesPerSecond: number;
  readonly drivenM: number;
  readonly roundTripMs:
    | { readonly least: number; readonly median: number; readonly most: number }
    | undefined;
};

/** How the demo speaks. Two ways: to a person, and to a program. */
export type Display = {
  title(line: string): void;
  /** Something is under way that may take a moment. */
  waiting(what: string): void;
  /** A step is done; the display adds the time since the start. */
  step(name: string, detail?: string): void;
  note(line: string): void;
  live(view: LiveView): void;
  summary(summary: Summary): void;
  failure(message: string): void;
  /** Leaves the terminal as it was found. */
  close(): void;
};
