import * as z from 'zod/mini';
import { robotId } from '../../ids.ts';
import { clientMessage } from './envelope.ts';

export const watchRobots = clientMessage('watchRobots', {
  robotIds: z.optional(
    z
      .array(robotId)
      .check(
        z.minLength(1),
        z.maxLength(50),
        z.describe('default: all that the caller may see, also those that come to be later'),
      ),
  ),
}).check(
  z.describe(
    'From now on every change of the state of these robots, and of who controls them, is told, until the connection ends. Said again it replaces what was watched before.',
  ),
);
