/** What the demo robots say and understand on the data channel `drive`: JSON texts, told apart by `type`. */
export const driveChannelLabel = 'drive';

export type RobotMotion = 'standing' | 'driving' | 'dead_man' | 'halted' | 'stopped';

/** Metres, radians, metres per second; `atMs` by the robot's clock. */
export type Pose = {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly speed: number;
  readonly state: RobotMotion;
  readonly atMs: number;
};

export type CrewMember = {
  readonly sessionId: string;
  readonly name: string;
  readonly mode: 'control' | 'view';
  readonly sinceAt: number;
};

export type FromRobot =
  | ({ readonly type: 'pose' } & Pose)
  | { readonly type: 'pong'; readonly t: number }
  | { readonly type: 'crew'; readonly members: readonly CrewMember[] };

export type ToRobot =
  | { readonly type: 'drive'; readonly linear: number; readonly angular: number }
  | { readonly type: 'ping'; readonly t: number }
  | { readonly type: 'stop' }
  | { readonly type: 'hello'; readonly name: string };

const motions: readonly string[] = ['standing', 'driving', 'dead_man', 'halted', 'stopped'];

/** Undefined for what is none of it: another robot may speak otherwise. */
export function parseFromRobot(data: unknown): FromRobot | undefined {
  let said: unknown;
  try {
    said = JSON.parse(String(data));
  } catch {
    return undefined;
  }
  if (!isRecord(said)) return undefined;
  if (said.type === 'pong' && isNumber(said.t)) return { type: 'pong', t: said.t };
  if (said.type === 'crew' && Array.isArray(said.members)) {
    return { type: 'crew', members: said.members.filter(isMember) };
  }
  return said.type === 'pose' && isPose(said) ? { ...said, type: 'pose' } : undefined;
}

function isPose(said: Record<string, unknown>): said is Record<string, unknown> & Pose {
  const { x, y, headingRad, speed, atMs, state } = said;
  return (
    [x, y, headingRad, speed, atMs].every(isNumber) && typeof state === 'string' && motions.includes(state)
  );
}

function isMember(value: unknown): value is CrewMember {
  if (!isRecord(value)) return false;
  const { sessionId, name, mode, sinceAt } = value;
  const isText = typeof sessionId === 'string' && typeof name === 'string';
  return isText && (mode === 'control' || mode === 'view') && isNumber(sinceAt);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
