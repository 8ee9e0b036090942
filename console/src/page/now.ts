import { signal } from '@preact/signals';

/** Ticks while somebody looks, for whatever counts. */
export const now = signal(Date.now());

setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now();
}, 1_000);
