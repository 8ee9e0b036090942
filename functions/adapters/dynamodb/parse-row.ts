import type * as z from 'zod/mini';
import { unavailable } from './failure.ts';

/**
 * What the database holds is from outside too. A row that cannot be read is as good as a database
 * that cannot be reached: nothing can be decided by it, so the answer is a retryable refusal (I10).
 *
 * @throws {DependencyUnavailable}
 */
export function parseRow<T>(schema: z.ZodMiniType<T>, row: unknown): T {
  const parsed = schema.safeParse(row);
  if (!parsed.success) throw unavailable('UnreadableRow', parsed.error);
  return parsed.data;
}
