/** What `heliograph-robot` ends with. A contract with whoever starts it: a supervisor, a script. */
export const exitCodes = {
  /** It is done, or was stopped by SIGTERM, SIGINT or SIGHUP. */
  done: 0,
  /** It cannot be done now: nobody is signed in, Cognito or the server refused, the sign-in is not private. */
  failed: 1,
  /** A setting or the package `ws` is missing, or a flag or command is not known: the same call fails again. */
  calledWrongly: 2,
} as const;
