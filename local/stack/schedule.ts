/**
 * The function keeps this much of its time unused, and fills the rest with further runs; so it is
 * given a period more than that: time for one run, since here the schedule itself is fine enough.
 */
const reserveMs = 10_000;

/** Calls the function again and again; a call that fails is reported and does not end the series. */
export function startSchedule(of: {
  readonly everyMs: number;
  readonly invoke: (event: unknown, context: unknown) => Promise<void>;
  readonly onFailure: (failure: unknown) => void;
}): { stop(): Promise<void> } {
  let running = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    // A run that takes longer than the period is not joined by another; on AWS it may be, and may.
    if (busy) return;
    busy = true;
    const endsAt = Date.now() + of.everyMs + reserveMs;
    running = of
      .invoke({}, { getRemainingTimeInMillis: () => endsAt - Date.now() })
      .catch(of.onFailure)
      .finally(() => {
        busy = false;
      });
  }, of.everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
