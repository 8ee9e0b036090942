import * as z from 'zod/mini';
import { bye } from './messages/bye.ts';
import {
  controlChanged,
  controlRequested,
  grantControl,
  releaseControl,
  requestControl,
} from './messages/control.ts';
import { errorMessage } from './messages/error.ts';
import { keepAlive, ping, pong } from './messages/heartbeat.ts';
import { hello, welcome } from './messages/hello.ts';
import { getIceServers, iceServers } from './messages/ice.ts';
import { peerAway, peerBack, robotStatus, watching, watchRobots } from './messages/presence.ts';
import { listRobots, robots } from './messages/robots.ts';
import {
  closeSession,
  openSession,
  sessionClosed,
  sessionOpened,
  sessionRequested,
} from './messages/session.ts';
import { relayedSignal, signal, signalAck } from './messages/signal.ts';
import { goAway, refreshToken, tokenExpired, tokenExpiring, tokenRefreshed } from './messages/token.ts';

/** Everything that a client may say, by action. */
export const clientMessages = {
  hello,
  ping,
  keepAlive,
  refreshToken,
  listRobots,
  watchRobots,
  openSession,
  signal,
  closeSession,
  requestControl,
  grantControl,
  releaseControl,
  getIceServers,
  bye,
} as const;

export type Action = keyof typeof clientMessages;

/** Everything that the server may say, by type. */
export const serverMessages = {
  welcome,
  pong,
  tokenRefreshed,
  tokenExpiring,
  tokenExpired,
  robots,
  watching,
  robotStatus,
  sessionOpened,
  sessionRequested,
  signalAck,
  signal: relayedSignal,
  peerAway,
  peerBack,
  sessionClosed,
  controlChanged,
  controlRequested,
  iceServers,
  goAway,
  error: errorMessage,
} as const;

/** Any message from the server, told apart by `type`. */
export const serverMessage = z.discriminatedUnion('type', [
  welcome,
  pong,
  tokenRefreshed,
  tokenExpiring,
  tokenExpired,
  robots,
  watching,
  robotStatus,
  sessionOpened,
  sessionRequested,
  signalAck,
  relayedSignal,
  peerAway,
  peerBack,
  sessionClosed,
  controlChanged,
  controlRequested,
  iceServers,
  goAway,
  errorMessage,
]);

export type ServerMessage = z.infer<typeof serverMessage>;
