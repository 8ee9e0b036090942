import type { Address } from '../connection/address.ts';
import type { ConnectionDeps, Hello } from '../connection/connection.ts';
import type { Random } from '../environment/clock.ts';
import { startStopwatch, startTimer, type Timer } from '../environment/timer.ts';
import { backoffMs } from '../reconnect/backoff.ts';
import { type ClosedReason, connect, type NextStep, nextStep } from '../reconnect/next-step.ts';
import type { TokenKeeper } from '../tokens/token-keeper.ts';
import type { ServerMessage, Welcome } from '../wire/messages.ts';
import { afterSourceFailure, type DialEnd, type Dialled, dial } from './dialer.ts';
import { pauseMs } from './pause.ts';
import { isSuperseded } from './superseded.ts';

/**
 * A connection that held so long was no failure: the next loss begins a new series, and the next attempt is at once.
 * Whose network is cut each few seconds would else pay for all the cuts before with one failure of the identity.
 */
const heldAWhileMs = 2_000;
/** A browser is not told why a handshake failed: it renews its token for that once, until a connection held so long. */
const steadyAfterMs = 10_000;
/** Two devices that take turns each hold longer than that; one that held this long has nobody against it. */
const uncontestedAfterMs = 600_000;
/**
 * A `hello` whose answer never came may have taken over all the same, from the connection in use or the next one. A
 * function that was given it acts on it for half a minute at most, so `replaced` within this time is of our own doing.
 */
const ownClaimMs = 60_000;
/** The old connection may still bring what was sent before the new one took over. */
const lingerMs = 1_000;

export type LinkEvents = {
  onWelcome(welcome: Welcome, token: string): void;
  onMessage(message: ServerMessage): void;
  /** The connection was lost, or an attempt has failed; `attempt` begins after the pause. */
  onRecovering(attempt: number): void;
  onClosed(reason: ClosedReason, cause?: Error): void;
};

/** Has one connection, and makes it anew until it is told to stop or the protocol's table says so. */
export type Link = {
  start(): void;
  stop(reason: ClosedReason): void;
  /** The welcomed connection. */
  current(): Dialled | undefined;
  /** Trying now is better than waiting on. */
  wake(): void;
  /** Somebody waits for an answer: the first attempt after a loss, spread for those who want nothing, is now. */
  hurry(): void;
  /** Opens a second connection and drops the first when it is welcomed (make before break). */
  rollOver(afterMs?: number): void;
  /** Gives the current connection up and makes a new one. */
  reconnect(of: { renew: boolean }): void;
};

export function createLink(
  of: {
    readonly deps: ConnectionDeps;
    readonly random: Random;
    readonly address: Address;
    readonly keeper: TokenKeeper;
    readonly hello: () => Hello;
    readonly isBusy: () => boolean;
    readonly isOffline: () => boolean;
    /** What the server takes this side for, before it has said so. */
    readonly kind: Welcome['kind'] | undefined;
  },
  events: LinkEvents,
): Link {
  const { clock } = of.deps;
  let current: Dialled | undefined;
  let lingering: Dialled | undefined;
  /** The attempt under way when there is no connection, or the one that is to take over. */
  let next: Dialled | undefined;
  let waiting: { timer: Timer; canWake: boolean; isFirst: boolean } | undefined;
  let heldMs = (): number => 0;
  let failures = 0;
  let isRenewed = false;
  let isUnproven = false;
  let replacements = 0;
  let unansweredMs = (): number => ownClaimMs;
  let welcome: Welcome | undefined;
  let isStopped = false;

  function attempt() {
    waiting?.timer.cancel();
    waiting = undefined;
    if (isStopped || next) return;
    if (!current && of.isOffline()) return wait(backoffMs(10, of.random), true);
    next = dial(of, { onWelcome, onMessage, onEnd });
  }

  function wait(ms: number, canWake: boolean, isFirst = false): void {
    waiting?.timer.cancel();
    waiting = { timer: startTimer(clock, ms, attempt), canWake, isFirst };
  }

  function onWelcome(dialled: Dialled, given: Welcome) {
    if (dialled !== next) return dialled.drop();
    lingering?.drop();
    lingering = current;
    if (current) clock.after(lingerMs, current.drop);
    current = dialled;
    next = undefined;
    welcome = given;
    isUnproven = false;
    heldMs = startStopwatch(clock);
    events.onWelcome(given, dialled.token() ?? '');
  }

  function onMessage(dialled: Dialled, message: ServerMessage): void {
    if (
      isSuperseded(message, { isOld: dialled !== current, isBeingReplaced: next?.connection() !== undefined })
    )
      return;
    events.onMessage(message);
  }

  function onEnd(dialled: Dialled, end: DialEnd) {
    if (dialled === next) next = undefined;
    else if (dialled !== current) return;
    if (dialled === current) onLost();
    if (end.phase === 'hello' && !end.goAway && !end.error) unansweredMs = startStopwatch(clock);
    // The one that is to take over is under way: it decides what comes next.
    if (next) return events.onRecovering(failures + 1);
    proceed(end, decide(end));
  }

  function onLost(): void {
    current = undefined;
    if (heldMs() >= heldAWhileMs) failures = 0;
    if (heldMs() >= steadyAfterMs) isRenewed = false;
    if (heldMs() >= uncontestedAfterMs) replacements = 0;
  }

  function decide(end: DialEnd): NextStep {
    if (end.phase === 'source') return afterSourceFailure(end.failure);
    if (end.goAway?.code === 'replaced') {
      if (unansweredMs() < ownClaimMs) return connect(false);
      replacements += 1;
    }
    const kind = welcome?.kind ?? of.kind;
    return nextStep(end, { kind, isRenewed, isUnproven, replacements });
  }

  function proceed(end: DialEnd, step: NextStep): void {
    if (step.do === 'stop') {
      // While the first connection holds there is no hurry to end: the same will be said when it has ended.
      if (!current) stop(step.reason, 'failure' in end ? end.failure : undefined);
      return;
    }
    if (step.renew) renew();
    const isFirst = end.phase === 'live' && failures === 0;
    failures += 1;
    const pause = pauseMs({
      isFirst,
      failures,
      isBusy: of.isBusy(),
      welcome,
      random: of.random,
    });
    wait((step.waitMs ?? 0) + pause, step.waitMs === undefined, isFirst);
    if (!current) events.onRecovering(failures + 1);
  }

  function renew(): void {
    isRenewed = true;
    isUnproven = true;
    of.keeper.distrust();
  }

  function stop(reason: ClosedReason, cause?: unknown): void {
    if (isStopped) return;
    isStopped = true;
    waiting?.timer.cancel();
    current?.drop();
    next?.drop();
    current = undefined;
    next = undefined;
    events.onClosed(reason, cause instanceof Error ? cause : undefined);
  }

  return {
    start: attempt,
    stop,
    current: () => current,
    wake() {
      current?.connection()?.probe();
      if (waiting?.canWake) attempt();
      else waiting?.timer.recheck();
    },
    hurry() {
      if (!current && waiting?.isFirst && waiting.canWake) attempt();
    },
    rollOver(afterMs = 0) {
      if (current && !next && !waiting) wait(afterMs, false);
    },
    reconnect(how) {
      if (how.renew) renew();
      current?.connection()?.fail('dropped');
    },
  };
}
