import type { TurnSettings } from '../../functions/runtime/settings.ts';
import { makeTokenPolicy, type TokenPolicy } from '../../protocol/token-policy.ts';
import type { IdentityUser } from '../identity/identity.ts';

/** What `npm start` can be told. Durations in milliseconds. */
export type LocalStackOptions = {
  /** Port of the console; gateway, identity and DynamoDB follow at +10, +11 and +12. 0: free ports for all. */
  readonly port: number;
  readonly tokenTtlMs?: number;
  readonly graceMs?: number;
  readonly resumeWindowMs?: number;
  readonly connectionMaxAgeMs?: number;
  readonly idleTimeoutMs?: number;
  readonly cleanupEveryMs?: number;
  /** Number of gateways over the one store. */
  readonly regions: 1 | 2;
  /** Unix ms by which the identity lives, where it is not to have the same clock as the rest. */
  readonly identityClock?: () => number;
  /** Who can sign in. Default: the seeded users. */
  readonly users?: readonly IdentityUser[];
  /** Where DynamoDB's data are kept; in memory when absent. */
  readonly dataDir?: string;
  /** TURN servers to give credentials for; none when absent. The secret comes from an override. */
  readonly turn?: TurnSettings;
};

/** The gateway's own limits, which `--idle-timeout` and `--connection-max-age` shorten. */
export const gatewayDefaults = { idleTimeoutMs: 600_000, maxConnectionAgeMs: 7_200_000 };

/** Parts of a connection's greatest age at which the roll-over is announced, and due: 100 and 110 of 120 minutes. */
const rollOver = { from: 100 / 120, to: 110 / 120 };
/** The heartbeat as a part of the idle limit: 8 of 10 minutes. */
const heartbeat = 0.8;
/** How often a connection is asked after, as a part of its greatest age: 30 of 120 minutes. */
const check = 0.25;

/** The policy for these options; whatever is shortened takes the rest along in proportion. */
export function policyFor(options: LocalStackOptions): TokenPolicy {
  const maxAgeMs = options.connectionMaxAgeMs ?? gatewayDefaults.maxConnectionAgeMs;
  const idleMs = options.idleTimeoutMs ?? gatewayDefaults.idleTimeoutMs;
  return makeTokenPolicy({
    ...(options.tokenTtlMs === undefined ? {} : { tokenMs: options.tokenTtlMs }),
    ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
    ...(options.resumeWindowMs === undefined ? {} : { resumeWindowMs: options.resumeWindowMs }),
    ...(options.cleanupEveryMs === undefined ? {} : { cleanupEveryMs: options.cleanupEveryMs }),
    rollOverMs: { from: Math.floor(maxAgeMs * rollOver.from), to: Math.floor(maxAgeMs * rollOver.to) },
    heartbeatMs: Math.floor(idleMs * heartbeat),
    checkEveryMs: Math.floor(maxAgeMs * check),
  });
}
