import type { Address } from '../connection/address.ts';
import { defaultHeartbeat, type HeartbeatSettings } from '../connection/heartbeat.ts';
import type { OpenTransport } from '../connection/transport.ts';
import { webSocketTransport } from '../connection/web-socket-transport.ts';
import { type Clock, type Random, systemClock } from '../environment/clock.ts';
import { type Logger, silentLogger } from '../environment/logger.ts';
import { type PageSignals, pageSignals } from '../environment/page-signals.ts';
import type { TokenSource } from '../tokens/token-source.ts';

export type SignalingOptions = {
  /** `wss://…`, or a function that is asked at each attempt. Never with a token in it. */
  readonly url: Address;
  readonly tokens: TokenSource;
  /** Time limit of a request, reconnects included, in ms. Default 15 s. */
  readonly requestWithinMs?: number;
  readonly heartbeat?: Partial<HeartbeatSettings>;
  /** Name and version of the application, for the server's records; at most 128 characters. */
  readonly agent?: string;
  /** What the server takes this side for. Known after the first `welcome` anyway. */
  readonly kind?: 'robot' | 'client';
  /** Default: silence. */
  readonly logger?: Logger;
  /** Default: the standard WebSocket, with the token as a subprotocol. */
  readonly transport?: OpenTransport;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Default: the page's `online` and `visibilitychange`, where there is a page. */
  readonly page?: PageSignals;
};

export type Settings = Required<Omit<SignalingOptions, 'heartbeat' | 'kind'>> & {
  readonly heartbeat: HeartbeatSettings;
  readonly kind: 'robot' | 'client' | undefined;
};

export function settingsOf(options: SignalingOptions): Settings {
  return {
    url: options.url,
    tokens: options.tokens,
    requestWithinMs: options.requestWithinMs ?? 15_000,
    heartbeat: { ...defaultHeartbeat, ...options.heartbeat },
    agent: options.agent ?? 'heliograph-client',
    kind: options.kind,
    logger: options.logger ?? silentLogger,
    transport: options.transport ?? webSocketTransport(),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    page: options.page ?? pageSignals(),
  };
}
