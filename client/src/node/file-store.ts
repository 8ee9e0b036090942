import { join } from 'node:path';
import { type Logger, silentLogger } from '../environment/logger.ts';
import type { KeptSignIn, SignInStore } from '../tokens/cognito/kept-sign-in.ts';
import { isRecord } from '../wire/guards.ts';
import { writeAtomically } from './atomic-write.ts';
import { underLock } from './file-lock.ts';
import { privateDirectory, readPrivate } from './private-files.ts';
import { stateDirectory } from './state-directory.ts';

/**
 * Keeps the sign-in of one identity in a file that only this user can read, so that a robot that starts
 * again need not sign in again (F11). Several processes may share it.
 */
export function fileStore(of: {
  readonly identity: string;
  /** Default: `HELIOGRAPH_DATA_DIR`, else the platform's place for state. */
  readonly directory?: string;
  readonly logger?: Logger;
}): SignInStore & { readonly path: string } {
  const { identity, directory = stateDirectory(), logger = silentLogger } = of;
  const path = join(directory, `sign-in-${encodeURIComponent(identity)}.json`);

  return {
    path,
    async load() {
      await privateDirectory(directory);
      const text = await readPrivate(path);
      if (text === undefined) return undefined;
      const kept = parseSignIn(text);
      if (kept === undefined) logger.warn(`${path} is damaged and will be replaced by a fresh sign-in.`);
      return kept;
    },
    async save(signIn) {
      await privateDirectory(directory);
      await writeAtomically(path, `${JSON.stringify(signIn)}\n`);
    },
    async exclusively(work) {
      await privateDirectory(directory);
      return underLock(`${path}.lock`, work);
    },
  };
}

function parseSignIn(text: string): KeptSignIn | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { token, identity, expiresAt, savedAt, refreshToken, refreshTokenEndsAt } = value;
  if (typeof token !== 'string' || typeof identity !== 'string') return undefined;
  if (!Number.isFinite(expiresAt) || !Number.isFinite(savedAt)) return undefined;
  return {
    token,
    identity,
    expiresAt: Number(expiresAt),
    savedAt: Number(savedAt),
    ...(typeof refreshToken === 'string' ? { refreshToken } : {}),
    ...(Number.isFinite(refreshTokenEndsAt) ? { refreshTokenEndsAt: Number(refreshTokenEndsAt) } : {}),
  };
}
