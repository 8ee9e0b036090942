import { type Logger, silentLogger } from '../environment/logger.ts';
import type { TokenSource } from './token-source.ts';

/** One token that ends when it ends: for trying things out. Warns that nobody can refresh it. */
export function fixedToken(token: string, logger: Logger = silentLogger): TokenSource {
  logger.warn('A fixed token cannot be refreshed.');
  return { token: async () => ({ token }) };
}
