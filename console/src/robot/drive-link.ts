import { type Signal, signal } from '@preact/signals';
import { connectPeer, type OperatorSession } from '../../../client/src/index.ts';
import {
  type CrewMember,
  driveChannelLabel,
  type Pose,
  parseFromRobot,
  type ToRobot,
} from './drive-messages.ts';
import { type LinkQuality, measureLink } from './link-quality.ts';

/** Everything that one peer connection with a robot brings. */
export type DriveLink = {
  readonly isOpen: Signal<boolean>;
  readonly pose: Signal<Pose | undefined>;
  /** `performance.now()` of the last pose. */
  readonly poseAt: Signal<number>;
  readonly crew: Signal<readonly CrewMember[]>;
  readonly video: Signal<MediaStream | undefined>;
  readonly quality: LinkQuality;
  tell(message: ToRobot): void;
  close(): void;
};

const pingEveryMs = 500;
const stopAgainMs = 60;
const stopTries = 15;

/** Negotiates with the robot of a session: a channel to drive by, and its picture. */
export function openDriveLink(
  session: OperatorSession,
  of: { readonly userName: string; readonly onNoPath: () => void },
): DriveLink {
  const isOpen = signal(false);
  const pose = signal<Pose | undefined>(undefined);
  const poseAt = signal(0);
  const crew = signal<readonly CrewMember[]>([]);
  const video = signal<MediaStream | undefined>(undefined);
  const quality = measureLink();

  const connection = new RTCPeerConnection({ iceServers: session.iceServers });
  const peer = connectPeer(session, { connection, role: 'operator', onFailed: of.onNoPath });
  connection.addTransceiver('video', { direction: 'recvonly' });
  connection.ontrack = ({ track }) => {
    video.value = new MediaStream([track]);
  };
  // Of poses and commands only the newest is of use: none is sent twice.
  const channel = connection.createDataChannel(driveChannelLabel, { ordered: false, maxRetransmits: 0 });
  channel.onopen = () => {
    isOpen.value = true;
    tell({ type: 'hello', name: of.userName });
  };
  channel.onclose = () => {
    isOpen.value = false;
  };
  channel.onmessage = ({ data }) => {
    const message = parseFromRobot(data);
    if (message?.type === 'pong') quality.pong(message.t);
    if (message?.type === 'crew') onCrew(message.members);
    // The channel is unordered: an older pose has nothing to say.
    if (message?.type !== 'pose' || message.atMs < (pose.peek()?.atMs ?? 0)) return;
    pose.value = message;
    poseAt.value = performance.now();
  };

  function onCrew(members: readonly CrewMember[]): void {
    crew.value = members;
    // The greeting may have been lost.
    const own = members.find(({ sessionId }) => sessionId === session.sessionId);
    if (own?.name === '') tell({ type: 'hello', name: of.userName });
  }

  function tell(message: ToRobot): void {
    if (channel.readyState === 'open') channel.send(JSON.stringify(message));
  }

  const pings = setInterval(() => {
    if (isOpen.peek()) tell({ type: 'ping', t: quality.ping() });
  }, pingEveryMs);

  return {
    isOpen,
    pose,
    poseAt,
    crew,
    video,
    quality,
    tell,
    close() {
      clearInterval(pings);
      isOpen.value = false;
      peer.close();
    },
  };
}

/** Says stop until the robot has stopped: the channel may lose it once. */
export function pressStop(link: DriveLink): void {
  let tries = 0;
  const say = (): void => {
    tries += 1;
    link.tell({ type: 'stop' });
    if (tries === stopTries || link.pose.peek()?.state === 'stopped') clearInterval(timer);
  };
  const timer = setInterval(say, stopAgainMs);
  say();
}
