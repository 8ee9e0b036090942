import type { Page } from 'playwright-core';
import { longestPauseMs, startTicking, ticksOf } from './pauses.ts';

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
  /** A timer of the page, to see when it was not served. */
  readonly ticks: number[];
  /** Arrivals over a data channel from the page to itself, which no server and no robot has a part in. */
  readonly echoes: number[];
  /** What the console has told of the life of its connection, and when. */
  readonly notes: { at: number; text: string }[];
};

/** Runs in the page before its own scripts: counts peer connections, and notes each pose and each change of control. */
export function watchPeers(): void {
  const seen: Seen = { peers: 0, poses: [], modes: [], ticks: [], echoes: [], notes: [] };
  setInterval(() => seen.ticks.push(Date.now()), 25);
  const { createDataChannel } = RTCPeerConnection.prototype;

  async function startEcho(): Promise<void> {
    const [here, there] = [new RTCPeerConnection(), new RTCPeerConnection()];
    here.onicecandidate = ({ candidate }) => void there.addIceCandidate(candidate ?? undefined);
    there.onicecandidate = ({ candidate }) => void here.addIceCandidate(candidate ?? undefined);
    const channel = createDataChannel.call(here, 'echo', { ordered: false, maxRetransmits: 0 });
    there.ondatachannel = (event) => {
      event.channel.onmessage = () => seen.echoes.push(Date.now());
    };
    channel.onopen = () => {
      setInterval(() => channel.send('.'), 25);
    };
    await here.setLocalDescription();
    if (here.localDescription !== null) await there.setRemoteDescription(here.localDescription);
    await there.setLocalDescription();
    if (there.localDescription !== null) await here.setRemoteDescription(there.localDescription);
  }
  Object.assign(window, { seen, startEcho });

  RTCPeerConnection.prototype.createDataChannel = function (...of) {
    seen.peers += 1;
    const channel = createDataChannel.apply(this, of);
    channel.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data);
      if (message.type !== 'pose') return;
      const { atMs, speed, x } = message;
      seen.poses.push({ arrivedAt: Date.now(), atMs, speed, x });
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

/** The pauses in the poses from now on: all of the longest, and what of it is ours. See `longestPauseMs`. */
export async function watchPauses(page: Page) {
  await startEchoes(page);
  const ticking = startTicking();
  const from = (await seenBy(page)).poses.length;
  return {
    async end() {
      ticking.stop();
      const seen = await seenBy(page);
      const poses = seen.poses.slice(from);
      const controls = [ticking.ticks, ticksOf(seen.ticks), ticksOf(seen.echoes)];
      return { poses, allMs: longestPauseMs(poses), oursMs: longestPauseMs(poses, controls) };
    },
  };
}

/** Begins the page's own echoes, and waits until they come. */
async function startEchoes(page: Page): Promise<void> {
  await page.evaluate(() => (window as unknown as { startEcho(): Promise<void> }).startEcho());
  await page.waitForFunction(() => (window as unknown as { seen: Seen }).seen.echoes.length > 5);
}
