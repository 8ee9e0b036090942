import type { ErrorCode, ErrorMessage } from './wire/messages.ts';

/** The server answered a request with an error of the protocol's table. */
export class ServerRefused extends Error {
  override readonly name = 'ServerRefused';
  readonly code: ErrorCode;
  /** Whether the same request may succeed later. What can be repeated by itself has been, within the time limit. */
  readonly retryable: boolean;

  constructor({ code, message, retryable }: Pick<ErrorMessage, 'code' | 'message' | 'retryable'>) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

/** No answer came within the time limit. What was asked may have been done. */
export class RequestTimedOut extends Error {
  override readonly name = 'RequestTimedOut';
}

/** The answer was of another type than the request has. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

/** The client has ended, and will not connect again. */
export class ClientClosed extends Error {
  override readonly name = 'ClientClosed';
  /** The reason of the state `closed`. */
  readonly reason: string;

  constructor(reason: string) {
    super(`Signaling closed: ${reason}.`);
    this.reason = reason;
  }
}

/** The session has ended, and takes no more signals. */
export class SessionEnded extends Error {
  override readonly name = 'SessionEnded';
}

/** What was to be sent is longer than the server takes. Nothing was sent. */
export class MessageTooLarge extends Error {
  override readonly name = 'MessageTooLarge';
}

/** The address of the server cannot be used; the message says why. */
export class AddressUnusable extends Error {
  override readonly name = 'AddressUnusable';
}
