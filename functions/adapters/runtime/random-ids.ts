import { createHash, randomBytes } from 'node:crypto';
import { clientId, sessionId } from '../../../protocol/ids.ts';
import type { Ids } from '../../core/ports/ids.ts';

/** Ids of 128 random bits, and ids that can be found again by the connection or the request they were made for. */
export const randomIds: Ids = {
  clientId: (connectionId) => clientId.parse(digest(['client of connection', connectionId])),
  sessionId: (of) =>
    sessionId.parse(
      of.requestId === undefined
        ? random()
        : `${digest([of.clientId, of.robotId, of.requestId])}.${randomBytes(incarnationBytes).toString('base64url')}`,
    ),
  resumeKey(of) {
    const key = `${of}.${randomBytes(24).toString('base64url')}`;
    return { key, hash: hashOf(key) };
  },
  readResumeKey(key) {
    const parsed = clientId.safeParse(key.split('.')[0]);
    return parsed.success ? { clientId: parsed.data, hash: hashOf(key) } : undefined;
  },
};

/** Of 192 random bits: nothing that could be guessed from a plain hash. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

const idLength = 22;
/** Tells the sessions apart that one request has opened, one after another. */
const incarnationBytes = 9;

function random(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * 132 bits of SHA-256. Each part is led by its length: joined by a mere separator, a robot and a
 * request of one caller's choosing could be cut elsewhere and still give the same text, hence the
 * same session.
 */
function digest(parts: readonly string[]): string {
  const text = parts.map((part) => `${part.length}:${part}`).join('');
  return createHash('sha256').update(text).digest('base64url').slice(0, idLength);
}
