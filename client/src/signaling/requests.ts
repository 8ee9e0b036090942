import type { Cancel, Clock, Random } from '../environment/clock.ts';
import { RequestTimedOut, ServerRefused, UnexpectedAnswer } from '../errors.ts';
import { backoffMs } from '../reconnect/backoff.ts';
import type { Action, ErrorMessage, MessageType, ServerMessage } from '../wire/messages.ts';

/** A request as it is sent, again and again if need be: its `requestId` makes repeating harmless. */
export type OutgoingRequest = { readonly action: Action; readonly requestId: string };

type Pending = {
  readonly request: OutgoingRequest;
  readonly expects: MessageType;
  readonly resolve: (answer: ServerMessage) => void;
  readonly reject: (failure: Error) => void;
  readonly cancelLimit: Cancel;
  cancelResend: Cancel;
  repeats: number;
};

export type Requests = {
  /** @throws {ServerRefused | RequestTimedOut | UnexpectedAnswer} or what `failAll` is given. */
  ask(request: OutgoingRequest, expects: MessageType, limitMs: number): Promise<ServerMessage>;
  /** Matches an answer to what was asked. */
  hear(message: ServerMessage): void;
  /** Sends everything that waits: a new connection is there. */
  sendAll(): void;
  failAll(failure: Error): void;
  /** Whether anybody waits for an answer. */
  isWaiting(): boolean;
};

/** Late answers are known as such for so many requests. */
const mostLate = 64;

/** What was asked and not yet answered. Outlives connections: who asked need not know of a reconnect. */
export function createRequests(of: {
  readonly clock: Clock;
  readonly random: Random;
  /** Sends now, or does nothing while there is no connection. */
  readonly transmit: (request: OutgoingRequest) => void;
  readonly onTimeout: () => void;
  /** An answer came after its time limit: what it brings, nobody waits for. */
  readonly onLate: (message: ServerMessage) => void;
}): Requests {
  const pending = new Map<string, Pending>();
  const late = new Set<string>();

  function settle(requestId: string): Pending | undefined {
    const found = pending.get(requestId);
    if (!found) return undefined;
    pending.delete(requestId);
    found.cancelLimit();
    found.cancelResend();
    return found;
  }

  function timeOut(request: OutgoingRequest, limitMs: number): void {
    const seconds = limitMs / 1000;
    settle(request.requestId)?.reject(
      new RequestTimedOut(`No answer to ${request.action} within ${seconds} s.`),
    );
    late.add(request.requestId);
    for (const oldest of late) {
      if (late.size <= mostLate) break;
      late.delete(oldest);
    }
    of.onTimeout();
  }

  function refuse(asked: Pending, error: ErrorMessage): void {
    if (!mayRepeat(asked, error)) {
      settle(asked.request.requestId)?.reject(new ServerRefused(error));
      return;
    }
    asked.repeats += 1;
    asked.cancelResend();
    const waitMs = error.retryAfterMs ?? backoffMs(asked.repeats, of.random);
    asked.cancelResend = of.clock.after(waitMs, () => of.transmit(asked.request));
  }

  return {
    ask: (request, expects, limitMs) =>
      new Promise((resolve, reject) => {
        pending.set(request.requestId, {
          request,
          expects,
          resolve,
          reject,
          cancelLimit: of.clock.after(limitMs, () => timeOut(request, limitMs)),
          cancelResend: () => undefined,
          repeats: 0,
        });
        of.transmit(request);
      }),
    hear(message) {
      const requestId = 'requestId' in message ? message.requestId : undefined;
      if (requestId === undefined) return;
      if (late.delete(requestId)) return of.onLate(message);
      const asked = pending.get(requestId);
      if (!asked) return;
      if (message.type === 'error') return refuse(asked, message);
      settle(requestId);
      if (message.type === asked.expects) asked.resolve(message);
      else asked.reject(new UnexpectedAnswer(`${asked.request.action} was answered with ${message.type}.`));
    },
    sendAll() {
      for (const { request, cancelResend, reject } of [...pending.values()]) {
        cancelResend();
        // It was for the connection that is gone; the new one has a token of its own.
        if (request.action !== 'refreshToken') of.transmit(request);
        else if (settle(request.requestId)) reject(new RequestTimedOut('The connection was lost meanwhile.'));
      }
    },
    isWaiting: () => pending.size > 0,
    failAll(failure) {
      for (const requestId of [...pending.keys()]) settle(requestId)?.reject(failure);
    },
  };
}

/** Whether the protocol's table says to repeat the request as it is. */
function mayRepeat({ request, repeats }: Pending, { code }: ErrorMessage): boolean {
  switch (code) {
    case 'rate_limited':
    case 'unavailable':
      return true;
    case 'internal':
      return repeats === 0;
    case 'token_expired':
    case 'hello_required':
    case 'unauthenticated':
      // The connection is mended, then it is asked again. A refresh is what mends: it must hear of it.
      return request.action !== 'refreshToken';
    default:
      return false;
  }
}
