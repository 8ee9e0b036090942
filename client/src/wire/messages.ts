import type {
  Action,
  ClientMessages,
  CloseReason,
  ErrorCode,
  GoAwayCode,
  ServerMessages,
} from './protocol-types.ts';

export type { Action, CloseReason, ErrorCode, GoAwayCode };

/** One message of the server, by its `type`. */
export type Message<Type extends MessageType> = ServerMessages[Type];
export type MessageType = keyof ServerMessages;
/** Anything that the server may say, told apart by `type`. */
export type ServerMessage = ServerMessages[MessageType];

/** Anything that a client may say, told apart by `action`. */
export type ClientMessage = ClientMessages[Action];

export type Welcome = Message<'welcome'>;
export type GoAway = Message<'goAway'>;
export type ErrorMessage = Message<'error'>;
export type RelayedSignal = Message<'signal'>;
export type SignalKind = RelayedSignal['kind'];
export type SessionMode = Message<'sessionOpened'>['mode'];
export type IceServer = Message<'iceServers'>['iceServers'][number];
export type RobotEntry = Message<'robots'>['robots'][number];
/** What a session is named by in every message. */
export type SessionKey = { readonly sessionId: string; readonly robotId: string };

/** What answers each action that has an answer with a `requestId`. */
export type Answers = {
  refreshToken: 'tokenRefreshed';
  listRobots: 'robots';
  watchRobots: 'watching';
  openSession: 'sessionOpened';
  signal: 'signalAck';
  closeSession: 'sessionClosed';
  requestControl: 'controlChanged';
  grantControl: 'controlChanged';
  releaseControl: 'controlChanged';
  getIceServers: 'iceServers';
};
/** An action that is answered. */
export type Asking = keyof Answers;
export type Request<Name extends Asking> = Omit<ClientMessages[Name], 'action' | 'requestId'>;
export type Answer<Name extends Asking> = Message<Answers[Name]>;
