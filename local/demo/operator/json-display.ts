import type { Display } from './display.ts';

/** One JSON object per line. Times in milliseconds since the start. */
export function createJsonDisplay(): Display {
  const startedAt = performance.now();
  const write = (event: string, fields: Record<string, unknown> = {}) => {
    const elapsedMs = Math.round(performance.now() - startedAt);
    process.stdout.write(`${JSON.stringify({ event, elapsedMs, ...fields }, rounded)}\n`);
  };
  let liveAt = Number.NEGATIVE_INFINITY;
  return {
    title: () => undefined,
    waiting: () => undefined,
    step: (step, detail) => write('step', { step, detail }),
    note: (message) => write('note', { message }),
    live(view) {
      if (performance.now() - liveAt < 1_000) return;
      liveAt = performance.now();
      write('live', view);
    },
    summary: (summary) => write('summary', summary),
    failure: (message) => write('failure', { message }),
    close: () => undefined,
  };
}

/** Thousandths of metres and milliseconds are more than enough. */
function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
