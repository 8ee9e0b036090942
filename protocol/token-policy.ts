import * as z from 'zod/mini';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Where API Gateway cuts, whatever is configured: neither can be raised. @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
export const gateway = { connectionMs: 2 * hourMs, idleMs: 10 * minuteMs };

/** Cognito's own bounds. @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html */
const cognito = {
  tokenMs: { min: 5 * minuteMs, max: dayMs },
  refreshTokenMs: { min: hourMs, max: 3650 * dayMs },
};

/** Below that the cleanup would be a function that never rests. */
const shortestCleanupMs = 10_000;

const positiveMs = z.int().check(z.positive());

/**
 * The one source of every time in the system. The user-pool clients, the handlers, the cleanup, the
 * clients (through `welcome`) and the local stack all read this value and no other; that is what
 * ends F1 (a token life that was set in one place and believed in another).
 *
 * All durations are milliseconds.
 */
export const tokenPolicySchema = z.object({
  /** Life of access and ID tokens. */
  tokenMs: positiveMs,
  /** Life of refresh tokens; absolute, rotation does not extend it. */
  refreshTokenMs: z.object({ people: positiveMs, robots: positiveMs }),
  /** Part of a token's life after which its holder should refresh. */
  refreshAtFraction: z.number().check(z.gt(0), z.lt(1)),
  /** How long before `exp` the holder is warned, longest first. */
  warnMs: z.array(positiveMs).check(z.minLength(1)),
  /** How long after `exp` a connection may still refresh before it is closed (I1). */
  graceMs: positiveMs,
  /** How long a lost robot or client may come back to its sessions. */
  resumeWindowMs: positiveMs,
  /** Age of a connection at which the roll-over is announced, and the age by which it is due. */
  rollOverMs: z.object({ from: positiveMs, to: positiveMs }),
  /** How often a connection that nothing else happened to is asked after: its `$disconnect` may have been lost. */
  checkEveryMs: positiveMs,
  /** A connection that has said no `hello` by then is closed. */
  helloWithinMs: positiveMs,
  /** Pause between two runs of the cleanup. */
  cleanupEveryMs: positiveMs,
  /** Tolerance for clocks, for `iat` and `nbf` only. `exp` is exact. */
  leewayMs: z.int().check(z.nonnegative()),
  /** How often an idle connection must say `keepAlive`: below the gateway's 10 idle minutes. */
  heartbeatMs: positiveMs,
});

export type TokenPolicy = z.infer<typeof tokenPolicySchema>;

const defaults: TokenPolicy = {
  tokenMs: 4 * hourMs,
  refreshTokenMs: { people: 30 * dayMs, robots: 365 * dayMs },
  refreshAtFraction: 0.8,
  warnMs: [10 * minuteMs, 2 * minuteMs],
  graceMs: minuteMs,
  resumeWindowMs: 2 * minuteMs,
  rollOverMs: { from: 100 * minuteMs, to: 110 * minuteMs },
  checkEveryMs: 60 * minuteMs,
  helloWithinMs: 30_000,
  cleanupEveryMs: minuteMs,
  leewayMs: 30_000,
  heartbeatMs: 8 * minuteMs,
};

/** The warnings as parts of the life, where it is short: later than the refresh at 80 %, jitter of 5 % included. */
const warnWithinFractions = [0.12, 0.05];
/** Longest grace as a part of the life: a minute would be ten lives of a 6 s token. Below Cognito's shortest life of 5 minutes alone. */
const graceWithinFraction = 0.2;
/** Largest leeway as a part of the life: with 30 s of tolerance a 20 s token would have none of its own. */
const leewayWithinFraction = 0.05;

/**
 * The policy with the given values in place of the defaults. Thresholds that were not given are
 * scaled to a short token life; those that were given are taken as they are and then validated.
 *
 * @throws {RangeError} naming both values when two of them cannot hold together.
 */
export function makeTokenPolicy(given: Partial<TokenPolicy> = {}): TokenPolicy {
  const tokenMs = given.tokenMs ?? defaults.tokenMs;
  const graceMs = given.graceMs ?? Math.min(defaults.graceMs, Math.ceil(tokenMs * graceWithinFraction));
  const warnMs =
    given.warnMs ??
    defaults.warnMs.map((warn, i) => Math.min(warn, Math.floor(tokenMs * (warnWithinFractions[i] ?? 1))));
  const policy: TokenPolicy = {
    ...defaults,
    graceMs,
    warnMs,
    // Slower than the grace it could not keep it; slower than the last warning it would miss that.
    cleanupEveryMs: Math.min(defaults.cleanupEveryMs, graceMs, ...warnMs),
    leewayMs: Math.min(defaults.leewayMs, Math.floor(tokenMs * leewayWithinFraction)),
    ...given,
  };
  return validateTokenPolicy(tokenPolicySchema.parse(policy));
}

function validateTokenPolicy(policy: TokenPolicy): TokenPolicy {
  const longestWarning = Math.max(...policy.warnMs);
  if (longestWarning >= policy.tokenMs) {
    throw new RangeError(
      `TokenPolicy: a warning of ${longestWarning} ms before expiry is not shorter than the token life of ${policy.tokenMs} ms; shorten warnMs or lengthen tokenMs.`,
    );
  }
  if (policy.rollOverMs.from >= policy.rollOverMs.to) {
    throw new RangeError(
      `TokenPolicy: the roll-over begins at ${policy.rollOverMs.from} ms, which is not before its end at ${policy.rollOverMs.to} ms; lower rollOverMs.from.`,
    );
  }
  return policy;
}

/**
 * Refuses what AWS would refuse, or cut. Apart from `makeTokenPolicy` because the local stack may run
 * with lives of seconds and a real pool may not.
 *
 * @throws {RangeError} naming the value, the bound and what to change.
 */
export function requireDeployable(policy: TokenPolicy): void {
  requireWithin('tokenMs', policy.tokenMs, cognito.tokenMs);
  requireWithin('refreshTokenMs.people', policy.refreshTokenMs.people, cognito.refreshTokenMs);
  requireWithin('refreshTokenMs.robots', policy.refreshTokenMs.robots, cognito.refreshTokenMs);
  requireBelow('rollOverMs.to', policy.rollOverMs.to, {
    ofMs: gateway.connectionMs,
    what: 'the greatest age of a connection',
  });
  requireBelow('heartbeatMs', policy.heartbeatMs, {
    ofMs: gateway.idleMs,
    what: 'the idle limit of a connection',
  });
  if (policy.cleanupEveryMs < shortestCleanupMs) {
    throw new RangeError(
      `TokenPolicy: a cleanup every ${policy.cleanupEveryMs} ms is more often than every ${shortestCleanupMs} ms, which is the least; raise cleanupEveryMs, and graceMs (${policy.graceMs} ms) with it.`,
    );
  }
  if (policy.cleanupEveryMs > policy.graceMs) {
    throw new RangeError(
      `TokenPolicy: a cleanup every ${policy.cleanupEveryMs} ms is slower than the grace of ${policy.graceMs} ms; lower cleanupEveryMs or lengthen graceMs.`,
    );
  }
}

function requireWithin(name: string, valueMs: number, bounds: { min: number; max: number }): void {
  if (valueMs < bounds.min || valueMs > bounds.max) {
    throw new RangeError(
      `TokenPolicy: ${name} is ${valueMs} ms, but Cognito allows ${bounds.min} ms to ${bounds.max} ms; choose a value between them.`,
    );
  }
}

function requireBelow(name: string, valueMs: number, bound: { ofMs: number; what: string }): void {
  if (valueMs >= bound.ofMs) {
    throw new RangeError(
      `TokenPolicy: ${name} is ${valueMs} ms, which is not below ${bound.what}, ${bound.ofMs} ms; lower it.`,
    );
  }
}
