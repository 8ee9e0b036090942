export type { Address } from './connection/address.ts';
export type { HeartbeatSettings } from './connection/heartbeat.ts';
export type { OpenTransport, Transport, TransportEnd, TransportEvents } from './connection/transport.ts';
export {
  type WebSocketConstructor,
  type WebSocketLike,
  webSocketTransport,
} from './connection/web-socket-transport.ts';
export type { Channel, ChannelListener, LostSignals } from './delivery/channel.ts';
export {
  createOperatorEndpoint,
  type OperatorEndpoint,
  type OperatorSession,
} from './endpoints/operator-endpoint.ts';
export {
  type ControlLease,
  createRobotEndpoint,
  type RobotEndpoint,
  type RobotEndpointOptions,
  type Verdict,
} from './endpoints/robot-endpoint.ts';
export type { RobotState, RobotStatus } from './endpoints/robot-watch.ts';
export type { Session, SessionEnd, SessionEvents } from './endpoints/session.ts';
export { type Cancel, type Clock, type Random, systemClock } from './environment/clock.ts';
export type { On } from './environment/events.ts';
export { type Logger, silentLogger } from './environment/logger.ts';
export { type PageSignals, pageSignals } from './environment/page-signals.ts';
export {
  AddressUnusable,
  ClientClosed,
  MessageTooLarge,
  RequestTimedOut,
  ServerRefused,
  SessionEnded,
  UnexpectedAnswer,
} from './errors.ts';
export type { ClosedReason } from './reconnect/next-step.ts';
export type { SignalingClient, SignalingEvents } from './signaling/contract.ts';
export type { SignalingOptions } from './signaling/options.ts';
export { createSignalingClient } from './signaling/signaling-client.ts';
export type { SignalingState } from './signaling/state.ts';
export { amplifyTokens, type FetchAuthSession } from './tokens/amplify-tokens.ts';
export type { Fetch } from './tokens/cognito/cognito-call.ts';
export { type CognitoOptions, cognitoTokens } from './tokens/cognito/cognito-tokens.ts';
export type { KeptSignIn, SignInStore } from './tokens/cognito/kept-sign-in.ts';
export type { PasswordSignIn, RefreshCall } from './tokens/cognito/sign-in.ts';
export { fixedToken } from './tokens/fixed-token.ts';
export { type TokenRequest, tokenCallback } from './tokens/token-callback.ts';
export { type AccessToken, type TokenSource, TokenUnavailable } from './tokens/token-source.ts';
export { connectPeer, type Peer, type PeerFailure, type PeerOptions } from './webrtc/connect-peer.ts';
export type { Candidate, Description, PeerConnectionLike } from './webrtc/peer-connection.ts';
export type {
  Answer,
  Asking,
  CloseReason,
  ErrorCode,
  IceServer,
  Message,
  RelayedSignal,
  Request,
  RobotEntry,
  ServerMessage,
  SessionKey,
  SessionMode,
  SignalKind,
  Welcome,
} from './wire/messages.ts';
