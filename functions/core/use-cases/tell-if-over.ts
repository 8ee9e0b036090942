import type { SessionKey } from '../model/client-session.ts';
import type { SocketCopy } from '../model/connection.ts';
import type { ClientSessionStore } from '../ports/client-session-store.ts';
import { type TellDeps, tell } from './tell.ts';

/** Tells somebody of the end of a session, if it has ended: it may only be elsewhere. */
export async function tellIfOver(
  deps: TellDeps & { readonly sessions: ClientSessionStore },
  to: SocketCopy,
  { robotId, sessionId }: SessionKey,
): Promise<void> {
  if ((await deps.sessions.get({ robotId, sessionId })) !== undefined) return;
  await tell(deps, to, { type: 'sessionClosed', sessionId, reason: 'closed' });
}
