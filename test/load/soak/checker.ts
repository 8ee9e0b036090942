import type { SoakIdentity } from './identity.ts';

type Direction = 'to robot' | 'to operator';
type Line = {
  readonly sent: string[];
  delivered: number;
  readonly session: string;
  readonly direction: Direction;
};

export type Verdict = {
  readonly failures: readonly string[];
  readonly sent: number;
  readonly delivered: number;
  /** Sent, and the session ended before they could arrive: not lost, nobody was there any more. */
  readonly endedBefore: number;
  /** Losses that applications were told of, and those of them that were none. */
  readonly alarms: number;
  readonly falseAlarms: number;
};

const mostFailures = 50;

/** Sees every send and every delivery of the applications, and every post of the relay. */
export function soakChecker(of: { readonly identity: SoakIdentity; readonly now: () => number }) {
  const lines = new Map<string, Line>();
  const failures: string[] = [];
  const ended = new Set<string>();
  let failureCount = 0;
  let sent = 0;
  let delivered = 0;
  let endedBefore = 0;
  let alarms = 0;
  let falseAlarms = 0;
  /** Alarms of which it is not known yet. */
  const open: { readonly line: Line; readonly to: number; readonly what: string }[] = [];

  /** Who is at a socket, until when: by what the gateway saw itself, not by any row. */
  const holders = new Map<
    string,
    { readonly userName: string; readonly groups: readonly string[]; until: number }
  >();

  function fail(what: string): void {
    failureCount += 1;
    if (failures.length < mostFailures) failures.push(`at ${of.now()}: ${what}`);
  }

  function lineOf(session: string, direction: Direction): Line {
    const key = `${session} ${direction}`;
    const line = lines.get(key) ?? { sent: [], delivered: 0, session, direction };
    lines.set(key, line);
    return line;
  }

  return {
    fail,
    sent(session: string, direction: Direction, payload: string) {
      sent += 1;
      lineOf(session, direction).sent.push(payload);
    },
    delivered(session: string, direction: Direction, payload: string) {
      const line = lineOf(session, direction);
      const expected = line.sent[line.delivered];
      if (payload === expected) {
        line.delivered += 1;
        delivered += 1;
        return;
      }
      const at = line.sent.indexOf(payload);
      const what = at < 0 ? 'was never sent there' : at < line.delivered ? 'came again' : 'came too early';
      fail(`${payload} of ${session} ${direction} ${what}`);
    },
    /**
     * An application is told that signals can no longer be brought. Whether they really are lost, their arrival says:
     * what is missing in the end is a failure anyway, what has arrived makes this a false alarm.
     */
    toldOfLoss(
      session: string,
      of: { direction: 'sent' | 'received'; side: 'robot' | 'operator'; from: number; to: number },
    ) {
      alarms += 1;
      const isToRobot = (of.direction === 'sent') === (of.side === 'operator');
      const line = lineOf(session, isToRobot ? 'to robot' : 'to operator');
      const isThere = line.delivered >= of.to;
      if (isThere) falseAlarms += 1;
      else
        open.push({
          line,
          to: of.to,
          what: `${session}: ${of.direction} ${of.from} to ${of.to} by the ${of.side}`,
        });
    },
    /** One side has ended it: what is on its way does not arrive any more. */
    ended: (session: string) => void ended.add(session),
    isDrained: (session: string) =>
      [lineOf(session, 'to robot'), lineOf(session, 'to operator')].every(
        (line) => line.delivered === line.sent.length,
      ),
    /** A session that is over takes no more memory. */
    forget(session: string) {
      for (const direction of ['to robot', 'to operator'] as const) {
        const line = lineOf(session, direction);
        endedBefore += line.sent.length - line.delivered;
        lines.delete(`${session} ${direction}`);
      }
    },

    connected(id: string, token: string) {
      const holder = of.identity.holderOf(token);
      if (holder === undefined) return fail(`${id} was admitted with a token that nobody issued`);
      const { user, expiresAt } = holder;
      holders.set(id, { ...user, until: expiresAt });
    },
    answered(id: string, message: Record<string, unknown>) {
      const holder = holders.get(id);
      if (message.type !== 'tokenRefreshed' || holder === undefined) return;
      holder.until = Math.max(holder.until, Number(message.tokenExpiresAt));
    },
    /** A signal is posted: its receiver, at the moment at which the relay had read, was one who may have it. */
    posted(id: string, message: Record<string, unknown>, readAt: number | undefined) {
      if (message.type !== 'signal') return;
      const holder = holders.get(id);
      if (holder === undefined) return fail(`a signal went to ${id}, whom nobody knows`);
      if (readAt === undefined) return fail(`a signal went to ${id} without a read`);
      // A refresh that was granted and whose answer is on its way is not known here yet.
      if (holder.until + 5_000 < readAt) {
        fail(
          `a signal of ${String(message.sessionId)} went to ${id}, whose token had run out at ${holder.until}`,
        );
      }
      const isRobot = holder.groups.includes('robots');
      if (isRobot ? holder.userName !== message.robotId : !holder.groups.includes('fleet:soak')) {
        fail(`a signal of ${String(message.robotId)} went to ${holder.userName}`);
      }
    },
    forgetSockets(isOpen: (id: string) => boolean) {
      for (const id of holders.keys()) if (!isOpen(id)) holders.delete(id);
    },

    soFar: () => ({ sent, delivered }),

    /** Called when nothing is sent any more, and time enough has passed. */
    verdict(): Verdict {
      for (const { line, to, what } of open) {
        if (line.delivered >= to) falseAlarms += 1;
        else if (!ended.has(line.session)) fail(`lost, ${what}`);
      }
      for (const line of lines.values()) {
        const missing = line.sent.length - line.delivered;
        if (missing === 0) continue;
        if (ended.has(line.session)) endedBefore += missing;
        else
          fail(
            `${missing} signals of ${line.session} ${line.direction} never came, from ${line.sent[line.delivered]}`,
          );
      }
      if (failureCount > failures.length) failures.push(`and ${failureCount - failures.length} more`);
      return { failures, sent, delivered, endedBefore, alarms, falseAlarms };
    },
  };
}

export type SoakChecker = ReturnType<typeof soakChecker>;
