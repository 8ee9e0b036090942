import * as z from 'zod/mini';
import { clientMessage } from './envelope.ts';

export const listRobots = clientMessage('listRobots', {
  cursor: z.optional(z.string().check(z.maxLength(512), z.describe('from the last page, to get the next'))),
}).check(z.describe('Lists the robots that the caller may see, a page at a time.'));
