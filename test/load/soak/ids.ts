import { createHash } from 'node:crypto';
import type { Ids } from '../../../functions/core/ports/ids.ts';
import { clientId, sessionId } from '../../../protocol/ids.ts';

const digest = (...parts: readonly string[]) =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);

/** Ids as the deployed functions make them, but counted where those are random: the same in each run. */
export function soakIds(): Ids {
  let count = 0;
  const next = () => {
    count += 1;
    return String(count).padStart(9, '0');
  };
  return {
    clientId: (connection) => clientId.parse(digest('client', connection)),
    sessionId: ({ clientId: client, robotId, requestId }) =>
      sessionId.parse(
        requestId === undefined ? `s${next()}` : `${digest(client, robotId, requestId)}.${next()}`,
      ),
    resumeKey(of) {
      const key = `${of}.${next()}`;
      return { key, hash: digest('key', key) };
    },
    readResumeKey(key) {
      const parsed = clientId.safeParse(key.split('.')[0]);
      return parsed.success ? { clientId: parsed.data, hash: digest('key', key) } : undefined;
    },
  };
}
