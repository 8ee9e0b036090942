/** Where the library says what it does. It never says a token, an SDP or a candidate. */
export type Logger = {
  info(line: string): void;
  warn(line: string): void;
};

/** The default: the library prints nothing by itself. */
export const silentLogger: Logger = { info: () => undefined, warn: () => undefined };
