import { pongText } from '../protocol/messages/from-server/heartbeat.ts';
import type { Action } from '../protocol/messages.ts';

/** The Lambda functions behind the routes, split by what they may touch. */
export const routedFunctions = ['connection', 'sessions', 'relay'] as const;
export type RoutedFunction = (typeof routedFunctions)[number];

/** All functions: the routed ones, the scheduled cleanup, and the one that revokes. */
export const functionNames = [...routedFunctions, 'cleanup', 'revocation'] as const;
export type FunctionName = (typeof functionNames)[number];

/** What API Gateway itself calls: not actions of a client. */
export type LifecycleRouteKey = '$connect' | '$disconnect' | '$default';
export type RouteKey = LifecycleRouteKey | Action;

export type RouteIntegration =
  | { readonly type: 'lambda'; readonly function: RoutedFunction }
  /** Answered by the gateway with a fixed text, or not at all: no Lambda, no cost but the message. */
  | { readonly type: 'mock'; readonly reply?: string };

export type Route = {
  readonly integration: RouteIntegration;
  /** Whether what the function returns goes back to the caller (needs a route response in API Gateway). */
  readonly responds: boolean;
};

/**
 * The API, one line a route. The stack, the local gateway and the functions' dispatchers are all
 * built from this table, so that none of them can know a route that another does not.
 *
 * The literal types are kept: each dispatcher is checked to serve exactly the routes of its function.
 */
export const routeTable = {
  $connect: { integration: { type: 'lambda', function: 'connection' }, responds: false },
  $disconnect: { integration: { type: 'lambda', function: 'connection' }, responds: false },
  $default: { integration: { type: 'lambda', function: 'connection' }, responds: true },
  refreshToken: { integration: { type: 'lambda', function: 'connection' }, responds: true },
  bye: { integration: { type: 'lambda', function: 'connection' }, responds: true },
  hello: { integration: { type: 'lambda', function: 'sessions' }, responds: true },
  listRobots: { integration: { type: 'lambda', function: 'sessions' }, responds: true },
  watchRobots: { integration: { type: 'lambda', function: 'sessions' }, responds: true },
  openSession: { integration: { type: 'lambda', function: 'sessions' }, responds: true },
  closeSession: { integration: { type: 'lambda', function: 'sessions' }, responds: true },
  requestControl: { integration: { type: 'lambda', function: 'sessions' }, responds: true },
  grantControl: { integration: { type: 'lambda', function: 'sessions' }, responds: true },
  releaseControl: { integration: { type: 'lambda', function: 'sessions' }, responds: true },
  getIceServers: { integration: { type: 'lambda', function: 'sessions' }, responds: true },
  signal: { integration: { type: 'lambda', function: 'relay' }, responds: true },
  ping: { integration: { type: 'mock', reply: pongText }, responds: true },
  keepAlive: { integration: { type: 'mock' }, responds: false },
} as const satisfies Record<RouteKey, Route>;

type Table = typeof routeTable;

/** The routes that one function serves. */
export type RoutesOf<F extends RoutedFunction> = {
  [K in keyof Table]: Table[K]['integration'] extends { function: F } ? K : never;
}[keyof Table];
