import * as z from 'zod';
import { robotId } from '../ids.ts';
import { clientMessage, serverMessage } from './envelope.ts';

export const robotState = z.enum(['online', 'away', 'offline']);
export type RobotState = z.infer<typeof robotState>;

export const listRobots = clientMessage('listRobots', {
  cursor: z.string().max(512).optional().describe('from the last page, to get the next'),
}).describe('Lists the robots that the caller may see, a page at a time.');

export const robotEntry = z.object({
  robotId,
  state: robotState,
  fleets: z.array(z.string()),
  controlled: z.boolean().describe('whether a session holds control'),
});
export type RobotEntry = z.infer<typeof robotEntry>;

export const robots = serverMessage('robots', {
  robots: z.array(robotEntry),
  cursor: z.string().optional().describe('absent on the last page'),
}).describe('Answers `listRobots`.');
