import type { GatewayEvent } from './gateway-event.ts';

/** A Lambda handler, as the runtime would call it. The event is AWS's JSON; the context is a Lambda context. */
export type LambdaFunction = (event: unknown, context: unknown) => Promise<unknown>;

export type GatewayIntegration =
  | { type: 'lambda'; invoke: LambdaFunction }
  /** A mock integration. With `reply`, its integration and route response send this text. */
  | { type: 'mock'; reply?: string };

export type GatewayRoute = {
  integration: GatewayIntegration;
  /** The route has a route response: what the integration returns goes back to the caller. */
  respondsToCaller: boolean;
};

export type LocalGatewayOptions = {
  /** Default 127.0.0.1: nothing here checks a signature, so nothing beyond this machine should reach it. */
  host?: string;
  /** 0 takes a free port. */
  port: number;
  stage: string;
  apiId?: string;
  region?: string;
  /** By route key: `$connect`, `$disconnect`, `$default`, and the values of `action`. */
  routes: ReadonlyMap<string, GatewayRoute>;
  /** Default 10 minutes, as AWS. */
  idleTimeoutMs?: number;
  /** Default 2 hours, as AWS. */
  maxConnectionAgeMs?: number;
  /** Default 128 KiB, for messages of clients and for posts. */
  maxMessageBytes?: number;
  /** Default 32 KiB, for the payload of one frame of a client. */
  maxFrameBytes?: number;
  /** Default 29 s. */
  integrationTimeoutMs?: number;
  /** Default none: AWS publishes no number. */
  postsPerSecondPerConnection?: number;
  /** Posts are refused with 429 while more than this waits to be read by the client. Default 1 MiB. */
  postBufferBytes?: number;
  /** How long after the close `$disconnect` is invoked. Default 0 (the next turn of the event loop). */
  disconnectDelayMs?: number;
  /** How long `close()` waits for handlers that still run. Default 2 s. */
  shutdownWaitMs?: number;
  /** Structured, without payloads, tokens or query strings. */
  onEvent?: (event: GatewayEvent) => void;
};

export type GatewaySettings = Required<Omit<LocalGatewayOptions, 'onEvent'>>;

const KIB = 1024;

// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
const AWS_DEFAULTS = {
  host: '127.0.0.1',
  apiId: 'local',
  region: 'us-east-1',
  idleTimeoutMs: 10 * 60_000,
  maxConnectionAgeMs: 2 * 60 * 60_000,
  maxMessageBytes: 128 * KIB,
  maxFrameBytes: 32 * KIB,
  integrationTimeoutMs: 29_000,
  postsPerSecondPerConnection: Number.POSITIVE_INFINITY,
  postBufferBytes: KIB * KIB,
  disconnectDelayMs: 0,
  shutdownWaitMs: 2_000,
};

export function settingsFrom(options: LocalGatewayOptions): GatewaySettings {
  const { onEvent: _onEvent, ...given } = options;
  return { ...AWS_DEFAULTS, ...given };
}
