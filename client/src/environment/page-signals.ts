/** What the surroundings tell: the network is back, the page is looked at again, the machine woke. */
export type PageSignals = {
  /** Whether there is no network for certain. */
  isOffline(): boolean;
  /** Calls `wake` whenever trying now is better than waiting on; gives what ends that. */
  onWake(wake: () => void): () => void;
};

type EventSource = {
  addEventListener(name: string, act: () => void): void;
  removeEventListener(name: string, act: () => void): void;
};
type Page = Partial<EventSource> & {
  readonly navigator?: { readonly onLine?: boolean };
  readonly document?: EventSource & { readonly visibilityState?: string };
};

/** A browser's `online` and `visibilitychange`; elsewhere it never tells anything. */
export function pageSignals(page: Page = globalThis as Page): PageSignals {
  return {
    isOffline: () => page.navigator?.onLine === false,
    onWake(wake) {
      const { document } = page;
      if (!document) return () => undefined;
      const whenSeen = (): void => {
        if (document.visibilityState !== 'hidden') wake();
      };
      document.addEventListener('visibilitychange', whenSeen);
      page.addEventListener?.('online', wake);
      return () => {
        document.removeEventListener('visibilitychange', whenSeen);
        page.removeEventListener?.('online', wake);
      };
    },
  };
}
