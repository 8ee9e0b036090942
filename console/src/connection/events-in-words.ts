import type { ClosedReason, ServerMessage } from '../../../client/src/index.ts';
import { inWords } from '../page/words.ts';

type Words = { readonly text: string; readonly kind: 'info' | 'good' | 'warn' };

/** What the server said, for people. Undefined for what is everyday, or shown elsewhere. */
export function messageInWords(message: ServerMessage): Words | undefined {
  switch (message.type) {
    case 'tokenRefreshed':
      return { text: 'Token refreshed on the open connection.', kind: 'good' };
    case 'tokenExpiring':
      return {
        text: `The token ends in ${inWords(message.remainingMs)}; a new one is being fetched.`,
        kind: 'info',
      };
    case 'tokenExpired':
      return { text: 'The token has run out. Until it is refreshed nothing else is served.', kind: 'warn' };
    case 'goAway':
      return { text: goAwayInWords(message.code), kind: message.reconnect ? 'info' : 'warn' };
    case 'peerAway':
      return { text: 'The robot has lost its connection; the session waits for it.', kind: 'warn' };
    case 'peerBack':
      return { text: 'The robot is back; the session goes on.', kind: 'good' };
    case 'sessionClosed':
      return { text: `The session has ended: ${sessionEndInWords(message.reason)}`, kind: 'warn' };
    case 'error':
      if (message.code === 'token_expired') {
        return { text: 'The server refused an expired token. Refreshing it.', kind: 'warn' };
      }
      return message.code === 'unavailable' || message.code === 'rate_limited'
        ? { text: 'The server is busy; asking again.', kind: 'warn' }
        : undefined;
    default:
      return undefined;
  }
}

function goAwayInWords(code: Extract<ServerMessage, { type: 'goAway' }>['code']): string {
  switch (code) {
    case 'connection_max_age':
      return 'This connection grows old; the next one is being opened.';
    case 'token_expired':
      return 'The token ran out and was not refreshed in time; reconnecting with a new one.';
    case 'replaced':
      return 'Another connection has taken over from this one.';
    case 'revoked':
      return 'This sign-in was revoked.';
    case 'shutdown':
      return 'The server is going down for a moment; reconnecting.';
  }
}

/** Why it ended for good, and what to do. */
export function closedInWords(reason: ClosedReason): { readonly what: string; readonly next: string } {
  switch (reason) {
    case 'closed_by_application':
      return { what: 'Signed out.', next: 'Sign in to go on.' };
    case 'sign_in_required':
      return { what: 'Your sign-in is no longer good.', next: 'Sign in again.' };
    case 'revoked':
      return {
        what: 'Your access was revoked.',
        next: 'Somebody who manages the users has ended this sign-in. Ask them, then sign in again.',
      };
    case 'token_refused':
      return {
        what: 'The server does not take this sign-in.',
        next: 'Sign in again; if that does not help, the console is set up for another user pool.',
      };
    case 'forbidden':
      return {
        what: 'You are known, but not permitted.',
        next: 'Ask for the group operators, viewers or admins, then sign in again.',
      };
    case 'replaced':
      return {
        what: 'Another window has taken over this connection.',
        next: 'Go on there, or sign in again here.',
      };
    case 'identity_contested':
    case 'identity_changed':
      return { what: 'The sign-in now belongs to somebody else.', next: 'Sign in again.' };
    case 'protocol_unsupported':
      return { what: 'This page is too old or too new for the server.', next: 'Reload it.' };
    case 'bad_request':
    case 'bad_address':
      return {
        what: 'The address of the server cannot be used.',
        next: 'Whoever deployed this console should look at settings.json.',
      };
  }
}

/** Why a session ended. */
export function sessionEndInWords(why: string): string {
  const words: Readonly<Record<string, string>> = {
    closed: 'the robot or you have closed it.',
    refused: 'the robot refused it.',
    busy: 'the robot is busy.',
    expired: 'a token ran out.',
    revoked: 'access was revoked.',
    forbidden: 'it is not permitted any more.',
    robot_offline: 'the robot is offline.',
    resume_ended: 'one side was away for too long.',
    gone: 'it ended while you were away.',
    no_answer: 'the robot did not answer.',
    client_closed: 'you have signed out.',
    no_path: 'there is no network path to the robot.',
  };
  return words[why] ?? why;
}
