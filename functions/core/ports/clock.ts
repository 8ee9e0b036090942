/** The only source of time in core. */
export type Clock = {
  /** Unix milliseconds. */
  now(): number;
};
