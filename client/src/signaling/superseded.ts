import type { ServerMessage } from '../wire/messages.ts';

/**
 * Whether a message is about a connection that another has taken over from, or is just taking over from:
 * signals and events of it count, but not what it says of itself, nor its refusals. From the moment of
 * the take-over, of which the client hears a little later, the server takes the old connection for a
 * stranger in its own sessions. What it refuses so is sent again on the new one.
 */
export function isSuperseded(
  message: ServerMessage,
  { isOld, isBeingReplaced }: { isOld: boolean; isBeingReplaced: boolean },
): boolean {
  switch (message.type) {
    case 'goAway':
    case 'tokenExpiring':
    case 'tokenExpired':
    case 'tokenRefreshed':
      return isOld;
    case 'error':
      if (isOld) return true;
      return (
        isBeingReplaced &&
        (message.code === 'unauthenticated' ||
          message.code === 'session_unknown' ||
          message.code === 'hello_required')
      );
    default:
      return false;
  }
}
