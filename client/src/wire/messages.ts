import type * as z from 'zod';
import type { CloseReason } from '../../../protocol/close-reasons.ts';
import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { GoAwayCode } from '../../../protocol/go-away-codes.ts';
import type { clientMessages, serverMessages, Action as WireAction } from '../../../protocol/messages.ts';

export type { CloseReason, ErrorCode, GoAwayCode };

/** The protocol's ids are branded by its parsers; an application has them as plain strings. What is optional is absent, never undefined. */
type Plain<T> = T extends string
  ? T extends { readonly [z.$brand]: unknown }
    ? string
    : T
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { readonly [Key in keyof T as Key extends string ? Key : never]: Plain<Exclude<T[Key], undefined>> }
      : T;

type ServerMessages = {
  [Type in keyof typeof serverMessages]: Plain<z.infer<(typeof serverMessages)[Type]>>;
};

/** One message of the server, by its `type`. */
export type Message<Type extends MessageType> = ServerMessages[Type];
export type MessageType = keyof ServerMessages;
/** Anything that the server may say, told apart by `type`. */
export type ServerMessage = ServerMessages[MessageType];

export type Action = WireAction;
type ClientMessages = { [Name in Action]: Plain<z.input<(typeof clientMessages)[Name]>> };
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
