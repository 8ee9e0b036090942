import type { CognitoErrorName } from './cognito-error.ts';

export type OutageKind = 'unavailable' | 'reset';

export type IdentityStats = {
  /** Every HTTP request, failed ones and preflights included. */
  readonly requests: number;
  /** By operation name, failed ones included; what is no operation counts as `unknown`. */
  readonly operations: Readonly<Record<string, number>>;
  readonly jwksFetches: number;
  /** How many of the requests a fault answered. */
  readonly faulted: number;
};

/** Trouble on demand, for tests. */
export type IdentityFaults = {
  /** From now, for this long by the service's clock, every request (JWKS included) gets a 503 or a reset. */
  failFor(ms: number, how?: OutageKind): void;
  /** The next `count` operations are refused with this error; with `operation`, only those of that name. */
  failNext(count: number, errorName: CognitoErrorName, operation?: string): void;
  /** From now, so great a part of the requests (JWKS included) gets a 503 or a reset, as `random` (0 up to 1) decides. */
  failSome(part: number, random: () => number): void;
  /** All is well again. The counts stay. */
  clear(): void;
  stats(): IdentityStats;
};

/** What the HTTP edge asks and reports. */
export type FaultDesk = {
  readonly faults: IdentityFaults;
  arrived(what: { operation?: string; isJwks: boolean }): void;
  outage(): OutageKind | undefined;
  takeRefusal(operation: string): CognitoErrorName | undefined;
};

const never = (): OutageKind | undefined => undefined;

export function createFaultDesk(clock: () => number): FaultDesk {
  let outage = { until: Number.NEGATIVE_INFINITY, how: 'unavailable' as OutageKind };
  let unreliable = never;
  let refusals: { left: number; errorName: CognitoErrorName; operation: string | undefined }[] = [];
  const counts = { requests: 0, jwksFetches: 0, faulted: 0 };
  const operations = new Map<string, number>();

  return {
    faults: {
      failFor(ms, how = 'unavailable') {
        outage = { until: clock() + ms, how };
      },
      failNext(count, errorName, operation) {
        refusals.push({ left: count, errorName, operation });
      },
      failSome(part, random) {
        unreliable = () => {
          if (random() >= part) return undefined;
          return random() < 0.5 ? 'unavailable' : 'reset';
        };
      },
      clear() {
        unreliable = never;
        outage = { until: Number.NEGATIVE_INFINITY, how: 'unavailable' };
        refusals = [];
      },
      stats: () => ({ ...counts, operations: Object.fromEntries(operations) }),
    },
    arrived({ operation, isJwks }) {
      counts.requests += 1;
      if (isJwks) counts.jwksFetches += 1;
      if (operation !== undefined) operations.set(operation, (operations.get(operation) ?? 0) + 1);
    },
    outage() {
      const how = clock() < outage.until ? outage.how : unreliable();
      if (how !== undefined) counts.faulted += 1;
      return how;
    },
    takeRefusal(operation) {
      const due = refusals.find(
        (refusal) => refusal.left > 0 && (refusal.operation ?? operation) === operation,
      );
      if (due === undefined) return undefined;
      due.left -= 1;
      counts.faulted += 1;
      return due.errorName;
    },
  };
}
