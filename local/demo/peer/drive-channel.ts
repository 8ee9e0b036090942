import * as z from 'zod';

/** What goes over the data channel of the demo: JSON texts, told apart by `type`. */
export const driveChannelLabel = 'drive';

const finite = z.number();

/** Metres per second forwards, radians per second to the left. To be repeated: the robot stops without. */
export const drive = z.object({ type: z.literal('drive'), linear: finite, angular: finite });
export const ping = z.object({ type: z.literal('ping'), t: finite });
export const pong = z.object({ type: z.literal('pong'), t: finite });
/** Metres, radians, metres per second; `atMs` by the robot's own clock. */
export const pose = z.object({
  type: z.literal('pose'),
  x: finite,
  y: finite,
  headingRad: finite,
  speed: finite,
  atMs: finite,
});

const toRobot = z.discriminatedUnion('type', [drive, ping]);
const toOperator = z.discriminatedUnion('type', [pose, pong]);

export type ToRobot = z.infer<typeof toRobot>;
export type ToOperator = z.infer<typeof toOperator>;
export type PoseMessage = z.infer<typeof pose>;

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
