import * as z from 'zod/mini';
import { bye } from './messages/from-client/bye.ts';
import { grantControl, releaseControl, requestControl } from './messages/from-client/control.ts';
import { keepAlive, ping } from './messages/from-client/heartbeat.ts';
import { hello } from './messages/from-client/hello.ts';
import { getIceServers } from './messages/from-client/ice.ts';
import { watchRobots } from './messages/from-client/presence.ts';
import { listRobots } from './messages/from-client/robots.ts';
import { closeSession, openSession } from './messages/from-client/session.ts';
import { signal } from './messages/from-client/signal.ts';
import { refreshToken } from './messages/from-client/token.ts';
import { controlChanged, controlRequested } from './messages/from-server/control.ts';
import { errorMessage } from './messages/from-server/error.ts';
import { pong } from './messages/from-server/heartbeat.ts';
import { iceServers } from './messages/from-server/ice.ts';
import { peerAway, peerBack, robotStatus, watching } from './messages/from-server/presence.ts';
import { robots } from './messages/from-server/robots.ts';
import { sessionClosed, sessionOpened, sessionRequested } from './messages/from-server/session.ts';
import { relayedSignal, signalAck } from './messages/from-server/signal.ts';
import { goAway, tokenExpired, tokenExpiring, tokenRefreshed } from './messages/from-server/token.ts';
import { welcome } from './messages/from-server/welcome.ts';

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
