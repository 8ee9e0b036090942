import type { Ids } from '../../../../functions/core/ports/ids.ts';
import { clientId, sessionId } from '../../../../protocol/ids.ts';

/** Ids that can be read and come out the same in each run: in the order of their first use. */
export function countingIds(): Ids {
  const clients = new Map<unknown, string>();
  let sessions = 0;
  let requested = 0;
  let keys = 0;
  return {
    clientId: (...of: readonly unknown[]) => {
      const [connectionId = clients.size] = of;
      const known = clients.get(connectionId) ?? `client-${clients.size + 1}`;
      clients.set(connectionId, known);
      return clientId.parse(known);
    },
    resumeKey: (of) => {
      const key = `${of}.key-${++keys}`;
      return { key, hash: `hash of ${key}` };
    },
    readResumeKey: (key) => {
      const parsed = clientId.safeParse(key.split('.')[0]);
      return parsed.success ? { clientId: parsed.data, hash: `hash of ${key}` } : undefined;
    },
    sessionId: (of) =>
      sessionId.parse(
        of.requestId === undefined
          ? `session-${++sessions}`
          : `session-${of.clientId}-${of.robotId}-${of.requestId}.${++requested}`,
      ),
  };
}
