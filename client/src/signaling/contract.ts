import type { OpenedChannel } from '../delivery/channels.ts';
import type { On } from '../environment/events.ts';
import type { TokenUnavailable } from '../tokens/token-source.ts';
import type { Answer, Asking, Request, ServerMessage, SessionKey } from '../wire/messages.ts';
import type { SignalingState } from './state.ts';

export type SignalingEvents = {
  state: SignalingState;
  /** Whatever the server says after `welcome`, answers included; each signal once and in order is `channel`'s. */
  message: ServerMessage;
  /** These sessions have ended while the connection was lost, and nobody said why. */
  sessionsGone: readonly SessionKey[];
  /** The token was refreshed on the open connection. */
  tokenRefreshed: undefined;
  /** The token source can give none until somebody acts; the connection lives on while its token does. */
  signInRequired: TokenUnavailable;
};

/** One lasting relation with the server, over as many connections as it takes. */
export type SignalingClient = {
  readonly on: On<SignalingEvents>;
  state(): SignalingState;
  /** Begins to connect. Called again it does nothing. */
  start(): void;
  /**
   * Asks the server, as soon as there is a connection. Repeated by itself over reconnects and retryable
   * refusals, until the time limit.
   *
   * @throws {ServerRefused | RequestTimedOut | ClientClosed}
   */
  request<Name extends Asking>(action: Name, fields: Request<Name>): Promise<Answer<Name>>;
  /** The numbered signals of one session: resent, reordered, each once. */
  channel(key: SessionKey): OpenedChannel;
  endChannel(sessionId: string): void;
  /** Renews the token now: after `signInRequired`, when the user has signed in. */
  refreshToken(): void;
  /** Says `bye`, which ends all sessions, and never connects again. `signOut` revokes this sign-in at the server. */
  close(of?: { signOut?: boolean }): void;
};
