import type { RevocationFunction } from '../../functions/events/revocation.ts';
import { revokingCalls } from '../../functions/revoking-calls.ts';
import { cleanupFunction } from '../../functions/runtime/cleanup.ts';
import type { Overrides } from '../../functions/runtime/dependencies.ts';
import { revocationFunction } from '../../functions/runtime/revocation.ts';
import type { TokenPolicy } from '../../protocol/token-policy.ts';
import { type GatewayRoute, type LocalGateway, startLocalGateway } from '../gateway/gateway.ts';
import { type LocalIdentity, type ManagementEvent, startLocalIdentity } from '../identity/identity.ts';
import { localTableNames, startLocalStore } from '../store/local-store.ts';
import { localClientIds as clientIds } from './client-ids.ts';
import { functionEnvironment } from './environment.ts';
import { gatewayDefaults, type LocalStackOptions, policyFor } from './options.ts';
import { localRoutes } from './routes.ts';
import { startSchedule } from './schedule.ts';
import { seededUsers } from './users.ts';

const regionNames = ['us-east-1', 'eu-west-1'] as const;
const homeRegion = regionNames[0];
const userPoolId = `${homeRegion}_Heliograph`;

/** Where everything is, in the words of `--json`. */
export type LocalAddresses = {
  readonly gateway: string;
  readonly identity: string;
  readonly dynamodb: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly clientIds: { readonly robots: string; readonly people: string };
};

export type LocalStack = {
  readonly addresses: LocalAddresses;
  /** What the functions of the first region are told. */
  readonly environment: Readonly<Record<string, string>>;
  readonly policy: TokenPolicy;
  /** One a region; the first is the one in `addresses`. */
  readonly gateways: readonly LocalGateway[];
  readonly identity: LocalIdentity;
  /** The function that revokes, as an operator would invoke it. What is changed in the identity reaches it as well. */
  readonly revoke: RevocationFunction;
  close(): Promise<void>;
};

/**
 * The whole backend in this process: identity, store, a gateway a region, and the schedule. What has
 * been started is stopped again when something after it fails.
 */
export async function startLocalStack(
  options: LocalStackOptions,
  overrides: Overrides = {},
): Promise<LocalStack> {
  const policy = policyFor(options);
  const stops: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    // The functions need the identity's address, and it them: what it tells is heard once they are there.
    let revocation: RevocationFunction | undefined;
    const underWay = new Set<Promise<unknown>>();
    const identity = await startIdentity({ options, policy }, (event) => {
      if (revocation === undefined || !isRevoking(event)) return;
      const work = revocation(event)
        .catch((failure) => warn('A revocation', failure))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    });
    stops.push(() => identity.close());
    const store = await startLocalStore({
      port: portAt(options, 12),
      ...(options.dataDir === undefined ? {} : { path: options.dataDir }),
    });
    stops.push(() => store.close());

    const gateways: LocalGateway[] = [];
    for (const [index, region] of regionNames.slice(0, options.regions).entries()) {
      const port = portAt(options, 10 * (index + 1));
      const gateway = await startRegion({ region, port, policy, options, store, identity, overrides });
      gateways.push(gateway);
      stops.push(() => gateway.close());
    }
    const [home] = gateways;
    if (home === undefined) throw new Error('A local stack has at least one region.');

    const environment = environmentFor(home.managementEndpoint, homeRegion, {
      policy,
      store,
      identity,
      options,
    });
    const schedule = startSchedule({
      everyMs: policy.cleanupEveryMs,
      invoke: cleanupFunction(environment, overrides),
      onFailure: (failure) => warn('The cleanup', failure),
    });
    stops.push(() => schedule.stop());
    revocation = revocationFunction(environment, overrides);
    stops.push(async () => void (await Promise.all(underWay)));

    const { url: identityUrl } = identity;
    const addresses = {
      gateway: home.url,
      identity: identityUrl,
      dynamodb: store.endpoint,
      region: homeRegion,
      userPoolId,
      clientIds,
    };
    return { addresses, environment, policy, gateways, identity, revoke: revocation, close };
  } catch (failure) {
    await close();
    throw failure;
  }
}

function portAt(options: LocalStackOptions, offset: number): number {
  return options.port === 0 ? 0 : options.port + offset;
}

/** As the rules of the deployed stack pick events. */
function isRevoking({ detail }: ManagementEvent): boolean {
  const calls: readonly string[] = [...revokingCalls.signIns, ...revokingCalls.tokens];
  return calls.includes(detail.eventName);
}

function warn(what: string, failure: unknown): void {
  process.emitWarning(`${what} failed: ${String(failure)}`);
}

function startIdentity(
  { options, policy }: { options: LocalStackOptions; policy: TokenPolicy },
  onManagementEvent: (event: ManagementEvent) => void,
): Promise<LocalIdentity> {
  const { tokenMs, refreshTokenMs } = policy;
  return startLocalIdentity({
    port: portAt(options, 11),
    region: homeRegion,
    userPoolId,
    clients: clientIds,
    lifetimes: { accessTokenMs: tokenMs, idTokenMs: tokenMs, refreshTokenMs },
    users: options.users ?? seededUsers,
    onManagementEvent,
    ...(options.identityClock === undefined ? {} : { clock: options.identityClock }),
  });
}

type Shared = {
  readonly policy: TokenPolicy;
  readonly store: { readonly endpoint: string };
  readonly identity: LocalIdentity;
  readonly options: LocalStackOptions;
};

function environmentFor(managementEndpoint: string, region: string, shared: Shared) {
  const { policy, store, identity, options } = shared;
  return functionEnvironment({
    region,
    policy,
    tables: localTableNames,
    dynamodb: store.endpoint,
    identity: {
      userPoolId,
      clientIds: Object.values(clientIds),
      jwksUri: identity.jwksUri,
      endpoint: identity.url,
    },
    managementEndpoint,
    turn: options.turn,
  });
}

async function startRegion(
  of: Shared & {
    readonly region: string;
    readonly port: number;
    readonly overrides: Overrides;
  },
): Promise<LocalGateway> {
  // The functions must know the gateway's address, which is known only once it listens on its port.
  const routes = new Map<string, GatewayRoute>();
  const gateway = await startLocalGateway({
    port: of.port,
    stage: 'local',
    region: of.region,
    routes,
    idleTimeoutMs: of.options.idleTimeoutMs ?? gatewayDefaults.idleTimeoutMs,
    maxConnectionAgeMs: of.options.connectionMaxAgeMs ?? gatewayDefaults.maxConnectionAgeMs,
  });
  const environment = environmentFor(gateway.managementEndpoint, of.region, of);
  for (const [key, route] of localRoutes(environment, of.overrides)) routes.set(key, route);
  return gateway;
}
