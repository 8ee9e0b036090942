/** Everything that `close()` has to wait for: handlers that run, sockets that close, `$disconnect`s to come. */
export type RunningWork = {
  /** The work must not reject. */
  track(work: Promise<unknown>): void;
  /** Resolves when nothing runs any more, including work that was started by other work. */
  settled(): Promise<void>;
};

export function runningWork(): RunningWork {
  const running = new Set<Promise<unknown>>();
  return {
    track(work) {
      running.add(work);
      void work.finally(() => running.delete(work));
    },
    async settled() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
