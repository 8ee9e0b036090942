import type { ChildProcess } from 'node:child_process';

/** A process that was started `detached`, and whatever it has started itself. */
export type ProcessGroup = {
  /** Asks all of it to end, and ends it after `withinMs`. Resolves when none is left. */
  stop(withinMs: number): Promise<void>;
  /** Ends it now; for the moment before this process ends itself. */
  kill(): void;
};

const lookEveryMs = 50;
/** A killed process that the kernel keeps, or a zombie that nobody collects, is not waited for. */
const afterKillMs = 1_000;

export function processGroup(child: ChildProcess): ProcessGroup {
  let stopping: Promise<void> | undefined;

  /** False when nobody is left. */
  function signal(name: NodeJS.Signals | 0): boolean {
    if (child.pid === undefined) return false;
    try {
      return process.kill(-child.pid, name);
    } catch {
      return false;
    }
  }

  function end(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (!signal('SIGTERM')) return resolve();
      const done = (): void => {
        clearInterval(looking);
        clearTimeout(killing);
        clearTimeout(giveUp);
        resolve();
      };
      const looking = setInterval(() => {
        if (!signal(0)) done();
      }, lookEveryMs);
      const killing = setTimeout(() => signal('SIGKILL'), withinMs);
      const giveUp = setTimeout(done, withinMs + afterKillMs);
    });
  }

  return {
    stop(withinMs) {
      stopping ??= end(withinMs);
      return stopping;
    },
    kill: () => void signal('SIGKILL'),
  };
}
