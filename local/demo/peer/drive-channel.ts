import * as z from 'zod';

/** What goes over the data channel of the demo: JSON texts, told apart by `type`. */
export const driveChannelLabel = 'drive';

const finite = z.number();

/** Metres per second forwards, radians per second to the left. To be repeated: the robot stops without. */
export const drive = z.object({ type: z.literal('drive'), linear: finite, angular: finite });
export const ping = z.object({ type: z.literal('ping'), t: finite });
export const pong = z.object({ type: z.literal('pong'), t: finite });
/** The stop button, which is everybody's. */
const stop = z.object({ type: z.literal('stop') });
/** Who is at the other end, by their own account: for the others to read, not to decide by. */
const hello = z.object({ type: z.literal('hello'), name: z.string().max(64) });
/**
 * Metres, radians, metres per second; `atMs` by the robot's own clock. `state`: `standing`, `driving`, or why it
 * stopped by itself: `dead_man`, `halted`, `stopped`.
 */
export const pose = z.object({
  type: z.literal('pose'),
  x: finite,
  y: finite,
  headingRad: finite,
  speed: finite,
  state: z.enum(['standing', 'driving', 'dead_man', 'halted', 'stopped']),
  atMs: finite,
});
/** Who watches, and who of them may drive. `sinceAt`: since when in this mode, by the robot's clock. */
export const crew = z.object({
  type: z.literal('crew'),
  members: z.array(
    z.object({
      sessionId: z.string(),
      name: z.string(),
      mode: z.enum(['control', 'view']),
      sinceAt: finite,
    }),
  ),
});

const toRobot = z.discriminatedUnion('type', [drive, ping, stop, hello]);
const toOperator = z.discriminatedUnion('type', [pose, pong, crew]);

export type ToRobot = z.infer<typeof toRobot>;
export type ToOperator = z.infer<typeof toOperator>;
export type PoseMessage = z.infer<typeof pose>;
export type CrewMember = z.infer<typeof crew>['members'][number];

export function parseToRobot(data: string | Buffer): ToRobot | undefined {
  return toRobot.safeParse(jsonOf(data)).data;
}

export function parseToOperator(data: string | Buffer): ToOperator | undefined {
  return toOperator.safeParse(jsonOf(data)).data;
}

/** More than this waiting to be sent means that the other side has gone; old poses are of no use to it. */
const mostBufferedBytes = 64 * 1024;

type Channel = { readonly readyState: string; readonly bufferedAmount: number; send(data: string): void };

export function sendOn(channel: Channel, message: ToRobot | ToOperator): void {
  if (channel.readyState !== 'open' || channel.bufferedAmount > mostBufferedBytes) return;
  channel.send(JSON.stringify(message));
}

function jsonOf(data: string | Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}
