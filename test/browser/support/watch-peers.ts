import type { Page } from 'playwright-core';

export type SeenPose = {
  readonly arrivedAt: number;
  readonly atMs: number;
  readonly speed: number;
  readonly x: number;
};
export type Seen = {
  peers: number;
  readonly poses: SeenPose[];
  readonly modes: { at: number; mode: string }[];
  /** What the console has told of the life of its connection, and when. */
  readonly notes: { at: number; text: string }[];
};

/** Runs in the page before its own scripts: counts peer connections, and notes each pose and each change of control. */
export function watchPeers(): void {
  const seen: Seen = { peers: 0, poses: [], modes: [], notes: [] };
  Object.assign(window, { seen });
  const { createDataChannel } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createDataChannel = function (...of) {
    seen.peers += 1;
    const channel = createDataChannel.apply(this, of);
    channel.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data);
      if (message.type !== 'pose') return;
      const { atMs, speed, x } = message;
      seen.poses.push({ arrivedAt: performance.now(), atMs, speed, x });
    });
    return channel;
  };
  new MutationObserver(() => {
    const mode = document.querySelector('.holder')?.getAttribute('data-mode');
    const [, text = ''] = /^\S+ (.*)$/.exec(document.querySelector('.events li')?.textContent ?? '') ?? [];
    if (text !== '' && seen.notes.at(-1)?.text !== text) seen.notes.push({ at: Date.now(), text });
    if (mode != null && seen.modes.at(-1)?.mode !== mode) seen.modes.push({ at: Date.now(), mode });
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

export function seenBy(page: Page): Promise<Seen> {
  return page.evaluate(() => (window as unknown as { seen: Seen }).seen);
}

/** The longest time between two poses, ms. */
export function longestPauseMs(poses: readonly SeenPose[]): number {
  return Math.max(
    ...poses.slice(1).map(({ arrivedAt }, i) => arrivedAt - (poses[i]?.arrivedAt ?? arrivedAt)),
  );
}
