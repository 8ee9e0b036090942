import type { Actor } from '../steps.ts';

/**
 * A `hello` and a `refreshToken` of the same moment: the later write leaves the deadline of what it had
 * read, which may be that of the token before. The next run puts it right; until then a warning may be late.
 */
export function helloMetRefresh(writers: ReadonlySet<Actor>): boolean {
  const names = [...writers].map(({ name }) => name.split(' ')[0]);
  return names.includes('hello') && names.includes('refresh');
}
