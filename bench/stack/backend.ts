import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { type GatewayRoute, startLocalGateway } from '../../local/gateway/gateway.ts';
import { type LocalIdentity, startLocalIdentity } from '../../local/identity/identity.ts';
import { localClientIds } from '../../local/stack/client-ids.ts';
import { functionEnvironment } from '../../local/stack/environment.ts';
import {
  type LocalStore,
  localClient,
  localTableNames,
  startLocalStore,
} from '../../local/store/local-store.ts';
import { makeTokenPolicy, type TokenPolicy } from '../../protocol/token-policy.ts';
import { passOn, startForwarder } from '../meter/forwarding.ts';
import { type GatewayCall, startPostMeter } from '../meter/post-meter.ts';
import { type StoreCall, startStoreMeter } from '../meter/store-meter.ts';
import { type RouteWatch, routeWatch } from './route-watch.ts';
import { fleetUsers, password, robotName } from './users.ts';

const region = 'us-east-1';

/** What one system's functions are given, and where its sockets go. */
export type Place = {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Behind the meter, where there is one: what the system's functions use. */
  readonly storeEndpoint: string;
  readonly managementEndpoint: string;
  readonly watch: RouteWatch;
  /** What has been asked of AWS since the last time; nothing where nobody counts. */
  take(): { store: readonly StoreCall[]; gateway: readonly GatewayCall[] };
};

export type Backend = {
  readonly identity: LocalIdentity;
  readonly store: LocalStore;
  /** Past the meter. */
  readonly client: DynamoDB;
  readonly policy: TokenPolicy;
  /** A gateway of its own over the one store. */
  place(routesOf: (of: Omit<Place, 'take'>) => ReadonlyMap<string, GatewayRoute>): Promise<Place>;
  /** A token by Cognito's own API. */
  tokenOf(userName: string): Promise<string>;
  close(): Promise<void>;
};

export type BackendOptions = {
  /** Robots, and as many operators. */
  readonly pairs: number;
  /** Whether calls are counted. Then no time may be taken. */
  readonly metered: boolean;
  /** How long each call to the store and to `@connections` takes at least: what a function waits for on AWS. Default 0. */
  readonly awayMs?: number;
};

/** Identity and store in this process, for several systems side by side, each behind a gateway of its own. */
export async function startBackend({ pairs, metered, awayMs = 0 }: BackendOptions): Promise<Backend> {
  const policy = makeTokenPolicy({});
  const stops: (() => Promise<void>)[] = [];
  const store = await startLocalStore({ port: 0 });
  stops.push(() => store.close());
  const client = localClient(store.endpoint);
  stops.push(async () => client.destroy());
  const identity = await startLocalIdentity({
    port: 0,
    region,
    userPoolId: `${region}_Heliograph`,
    clients: localClientIds,
    lifetimes: {
      accessTokenMs: policy.tokenMs,
      idTokenMs: policy.tokenMs,
      refreshTokenMs: policy.refreshTokenMs,
    },
    users: fleetUsers(pairs),
  });
  stops.push(() => identity.close());
  const cognito = new CognitoIdentityProviderClient({
    endpoint: identity.url,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  stops.push(async () => cognito.destroy());

  return {
    identity,
    store,
    client,
    policy,
    async place(routesOf) {
      const routes = new Map<string, GatewayRoute>();
      const gateway = await startLocalGateway({ port: 0, stage: 'local', region, routes });
      stops.push(() => gateway.close());
      const storeMeter = metered ? await startStoreMeter(store.endpoint, client) : undefined;
      const postMeter = metered ? await startPostMeter(gateway.managementEndpoint) : undefined;
      if (storeMeter !== undefined) stops.push(() => storeMeter.close());
      if (postMeter !== undefined) stops.push(() => postMeter.close());
      const distant = async (endpoint: string) => {
        if (awayMs === 0) return endpoint;
        const { origin, pathname } = new URL(endpoint);
        const forwarder = await startForwarder(async (request) => {
          await new Promise((resolve) => setTimeout(resolve, awayMs));
          return passOn(origin, request);
        });
        stops.push(() => forwarder.close());
        return `${forwarder.url}${pathname === '/' ? '' : pathname}`;
      };
      const storeEndpoint = await distant(storeMeter?.url ?? store.endpoint);
      const managementEndpoint = await distant(postMeter?.url ?? gateway.managementEndpoint);
      const environment = functionEnvironment({
        region,
        policy,
        tables: localTableNames,
        dynamodb: storeEndpoint,
        identity: {
          userPoolId: identity.userPoolId,
          clientIds: Object.values(localClientIds),
          jwksUri: identity.jwksUri,
          endpoint: identity.url,
        },
        managementEndpoint,
        turn: undefined,
      });
      const place = { url: gateway.url, environment, storeEndpoint, managementEndpoint, watch: routeWatch() };
      for (const [key, route] of place.watch.watched(routesOf(place))) routes.set(key, route);
      return {
        ...place,
        take: () => ({ store: storeMeter?.take() ?? [], gateway: postMeter?.take() ?? [] }),
      };
    },
    async tokenOf(userName) {
      const isRobot = userName.startsWith(robotName(0).slice(0, -1));
      const { AuthenticationResult: result } = await cognito.send(
        new InitiateAuthCommand({
          AuthFlow: 'USER_PASSWORD_AUTH',
          ClientId: isRobot ? localClientIds.robots : localClientIds.people,
          AuthParameters: { USERNAME: userName, PASSWORD: password },
        }),
      );
      if (result?.AccessToken === undefined) throw new Error(`Signing in as ${userName} gave no token`);
      return result.AccessToken;
    },
    async close() {
      for (const stop of stops.splice(0).reverse()) await stop();
    },
  };
}
