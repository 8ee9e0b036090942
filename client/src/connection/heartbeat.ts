import type { Cancel, Clock } from '../environment/clock.ts';
import { startTimer, type Timer } from '../environment/timer.ts';

export type HeartbeatSettings = {
  /** `ping` this often while a session is open. Default 20 s. */
  readonly pingMs: number;
  /** A `pong` that takes longer is a lost connection. Default 10 s. */
  readonly pongWithinMs: number;
  /** What is said while idle, as often as the server asks: `ping` costs twice, and finds a dead connection. Default `keepAlive`. */
  readonly idle: 'keepAlive' | 'ping';
};

export const defaultHeartbeat: HeartbeatSettings = {
  pingMs: 20_000,
  pongWithinMs: 10_000,
  idle: 'keepAlive',
};

export type Heartbeat = {
  /** Whether a session is open: then the pings are close together. */
  setBusy(isBusy: boolean): void;
  /** To be called for whatever is received: it proves life as well as a `pong`. */
  heard(): void;
  /** Asks now whether the connection still lives. */
  probe(): void;
  stop(): void;
};

/** Keeps a connection from idling out, and finds out that it is dead. */
export function startHeartbeat(of: {
  readonly clock: Clock;
  readonly settings: HeartbeatSettings;
  /** From `welcome.policy`. */
  readonly idleMs: number;
  readonly send: (action: 'ping' | 'keepAlive') => void;
  readonly onDead: () => void;
}): Heartbeat {
  const { clock, settings } = of;
  let isBusy = false;
  let isStopped = false;
  let next: Timer | undefined;
  let cancelDeadline: Cancel | undefined;

  function schedule(): void {
    next?.cancel();
    if (isStopped) return;
    const everyMs = isBusy ? Math.min(settings.pingMs, of.idleMs) : of.idleMs;
    next = startTimer(clock, everyMs, () => {
      if (isBusy || settings.idle === 'ping') probe();
      else of.send('keepAlive');
      schedule();
    });
  }

  function probe(): void {
    if (isStopped) return;
    cancelDeadline ??= clock.after(settings.pongWithinMs, of.onDead);
    of.send('ping');
  }

  function heard(): void {
    cancelDeadline?.();
    cancelDeadline = undefined;
  }

  schedule();
  return {
    setBusy(now) {
      if (now === isBusy) return;
      isBusy = now;
      schedule();
    },
    heard,
    probe,
    stop() {
      isStopped = true;
      next?.cancel();
      heard();
    },
  };
}
