import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { onTestFinished, vi } from 'vitest';
import {
  type GatewayEvent,
  type GatewayRoute,
  type LambdaFunction,
  type LocalGateway,
  type LocalGatewayOptions,
  startLocalGateway,
} from '../../../local/gateway/gateway.ts';
import { type AsyncQueue, asyncQueue } from './gateway-async-queue.ts';
import { type ClientSettings, connectClient, type TestClient } from './gateway-client.ts';

// Waits are for events, so a slow machine only takes longer.
vi.setConfig({ testTimeout: 30_000 });

export type TestGateway = LocalGateway & { events: AsyncQueue<GatewayEvent> };

/** A gateway on a free port that ends with the test. */
export async function startGateway(
  routes: Record<string, GatewayRoute>,
  options: Partial<LocalGatewayOptions> = {},
): Promise<TestGateway> {
  const events = asyncQueue<GatewayEvent>();
  const gateway = await startLocalGateway({
    port: 0,
    stage: 'local',
    shutdownWaitMs: 200,
    ...options,
    routes: new Map(Object.entries(routes)),
    onEvent: events.push,
  });
  onTestFinished(() => gateway.close());
  return { ...gateway, events };
}

export async function connectTo(gateway: LocalGateway, settings: ClientSettings = {}): Promise<TestClient> {
  const client = await connectClient(gateway.url, settings);
  onTestFinished(() => client.ws.terminate());
  return client;
}

/** A client and the id of its connection, when it is the newest of this gateway. */
export async function connectKnown(
  gateway: TestGateway,
  settings: ClientSettings = {},
): Promise<{ client: TestClient; connectionId: string }> {
  const client = await connectTo(gateway, settings);
  const { connectionId } = await gateway.events.nextWhere(isEvent('connected'));
  return { client, connectionId };
}

export function isEvent<T extends GatewayEvent['type']>(type: T) {
  return (event: GatewayEvent): event is Extract<GatewayEvent, { type: T }> => event.type === type;
}

export function managementClient(gateway: LocalGateway): ApiGatewayManagementApiClient {
  const client = new ApiGatewayManagementApiClient({
    endpoint: gateway.managementEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return client;
}

export function lambda(invoke: LambdaFunction, respondsToCaller = false): GatewayRoute {
  return { integration: { type: 'lambda', invoke }, respondsToCaller };
}

/** A mock route that answers `pong`: what arrives before it shows what was sent before. */
export const pingRoute: GatewayRoute = {
  integration: { type: 'mock', reply: '{"type":"pong"}' },
  respondsToCaller: true,
};

export const ok: LambdaFunction = async () => ({ statusCode: 200 });

/** A handler that keeps its events and succeeds. */
export function recorder(): { invoke: LambdaFunction; events: AsyncQueue<Record<string, unknown>> } {
  const events = asyncQueue<Record<string, unknown>>();
  return {
    events,
    invoke: async (event) => {
      events.push(record(event));
      return { statusCode: 200 };
    },
  };
}

export function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new TypeError('not an object');
  return Object.fromEntries(Object.entries(value));
}

export function requestContextOf(event: unknown): Record<string, unknown> {
  return record(record(event).requestContext);
}
