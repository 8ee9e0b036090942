import { expect } from 'vitest';
import type { SocketAddress } from '../../../../functions/core/model/connection.ts';
import type { Outcome } from '../../../../functions/core/outcome.ts';
import { type CleanupReport, runCleanup } from '../../../../functions/core/use-cases/cleanup.ts';
import { connect } from '../../../../functions/core/use-cases/connect.ts';
import { sayHello } from '../../../../functions/core/use-cases/hello.ts';
import { type Opened, openSession } from '../../../../functions/core/use-cases/open-session.ts';
import { refreshToken } from '../../../../functions/core/use-cases/refresh-token.ts';
import { relaySignal } from '../../../../functions/core/use-cases/relay-signal.ts';
import { connectionId, type RobotId, type SessionId } from '../../../../protocol/ids.ts';
import type { Signal } from '../../../../protocol/messages/from-client/signal.ts';
import type { SessionMode } from '../../../../protocol/messages/session-words.ts';
import type { ServerMessage } from '../../../../protocol/messages.ts';
import { roverId, type User } from './people.ts';
import type { SignedIn } from './token-office.ts';
import type { World } from './world.ts';

export const endpoint = 'https://abc.execute-api.eu-central-1.amazonaws.com/live';

export function socketNamed(name: string): SocketAddress {
  return { connectionId: connectionId.parse(name), endpoint };
}

type Entry = { readonly name?: string; readonly lifeMs?: number; readonly signedIn?: SignedIn };

/** A socket that was admitted and has not said `hello`. Named after its user unless told. */
export async function connected(world: World, user: User, { name, ...life }: Entry = {}) {
  const socket = socketNamed(name ?? `of-${user.userName}`);
  const token = world.tokens.issue(user, life);
  const credentials = { found: true, token, carrier: 'header' } as const;
  expect(await connect(world.deps, { socket, credentials })).toEqual({ admitted: true });
  return socket;
}

/** A socket that was welcomed. */
export async function welcomed(world: World, user: User, entry: Entry = {}) {
  const socket = await connected(world, user, entry);
  granted(await hello(world, socket));
  return socket;
}

/** What a `hello` may bring of before. */
type Returning = {
  readonly resume?: string | true;
  readonly received?: Readonly<Record<string, number>>;
  readonly requestId?: string;
};

export function hello(world: World, caller: SocketAddress, { resume, received, requestId }: Returning = {}) {
  return sayHello(world.deps, { caller, protocol: 1, requestId, resume, received });
}

export function refresh(world: World, caller: SocketAddress, token: string) {
  return refreshToken(world.deps, { caller, token });
}

type Opening = { readonly robotId?: RobotId; readonly mode?: SessionMode; readonly requestId?: string };

export function open(world: World, caller: SocketAddress, opening: Opening = {}): Promise<Outcome<Opened>> {
  const { robotId = roverId, mode = 'control', requestId } = opening;
  return openSession(world.deps, { caller, robotId, mode, requestId });
}

export async function opened(world: World, caller: SocketAddress, opening: Opening = {}): Promise<Opened> {
  return granted(await open(world, caller, opening));
}

export function signalOf(sessionId: SessionId, more: Partial<Signal> = {}): Signal {
  return { action: 'signal', sessionId, robotId: roverId, seq: 1, kind: 'offer', data: 'an offer', ...more };
}

export function send(world: World, caller: SocketAddress, signal: Signal) {
  return relaySignal(world.deps, { caller, signal });
}

/** What a run reports that had nothing to do. */
export const nothingDone: CleanupReport = {
  closed: 0,
  announced: 0,
  checked: 0,
  robotsOffline: 0,
  sessionsEnded: 0,
  failed: 0,
  more: false,
  lagMs: 0,
};

export function cleanUp(world: World, batch = 50, endBy = world.clock.now() + 50_000) {
  return runCleanup(world.deps, { endBy, batch });
}

/** Runs the cleanup as often as the policy has it, up to and including the given moment. */
export async function cleanUpUntil(world: World, until: number): Promise<void> {
  while (world.clock.at < until) {
    world.clock.at = Math.min(until, world.clock.at + world.policy.cleanupEveryMs);
    await cleanUp(world);
  }
}

/** What a socket was sent of one type, in order. */
export function sent<Type extends ServerMessage['type']>(world: World, to: SocketAddress, type: Type) {
  return world.gateway
    .to(to)
    .filter((message): message is Extract<ServerMessage, { type: Type }> => message.type === type);
}

/** The key of the last `welcome`, by which the client may come back. */
export function keyOf(world: World, socket: SocketAddress): string {
  const key = sent(world, socket, 'welcome').at(-1)?.resumeKey;
  if (key === undefined) throw new Error(`${socket.connectionId} was given no key`);
  return key;
}

export function granted<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`Refused with ${outcome.refusal.code}: ${outcome.refusal.message}`);
  return outcome.value;
}

/** The code of a refusal; undefined for what was not refused. */
export function codeOf(outcome: Outcome<unknown>) {
  return outcome.ok ? undefined : outcome.refusal.code;
}

/** A robot and a client with a session between them. */
export async function inSession(world: World, robot: User, client: User, mode: SessionMode = 'control') {
  const robotSocket = await welcomed(world, robot);
  const clientSocket = await welcomed(world, client);
  const session = await opened(world, clientSocket, { mode });
  return { robotSocket, clientSocket, sessionId: session.sessionId };
}
