import type { RTCDataChannel } from 'werift';
import type { SessionId } from '../../../protocol/ids.ts';
import type { IceServer } from '../../../protocol/messages/ice.ts';
import type { SessionMode } from '../../../protocol/messages/session.ts';
import { type PoseMessage, parseToRobot, sendOn } from '../peer/drive-channel.ts';
import { createSessionPeer, type SessionPeer } from '../peer/session-peer.ts';
import type { SignalSender } from '../wire/signal-sender.ts';
import type { Velocity } from './kinematics.ts';

export type RobotSession = Pick<SessionPeer, 'take' | 'close'> & {
  readonly sender: SignalSender;
  sendPose(pose: PoseMessage): void;
};

/** The robot's side of one session: answers the offer, streams to the channels that the client opens, obeys who has control. */
export function createRobotSession(of: {
  readonly sessionId: SessionId;
  readonly mode: SessionMode;
  readonly iceServers: readonly IceServer[];
  readonly sender: SignalSender;
  readonly command: (velocity: Velocity) => void;
  readonly refuse: () => void;
  readonly say: (line: string) => void;
}): RobotSession {
  const channels = new Set<RTCDataChannel>();
  const peer = createSessionPeer({
    iceServers: of.iceServers,
    send: of.sender.send,
    onState: (state) => {
      if (state === 'connected' || state === 'failed') of.say(`peer ${state}  ${of.sessionId}`);
    },
    onUnusable: (kind) => {
      of.say(`refused: the ${kind} cannot be used  ${of.sessionId}`);
      of.refuse();
    },
  });
  peer.connection.onDataChannel.subscribe((channel) => {
    channels.add(channel);
    channel.stateChanged.subscribe((state) => {
      if (state === 'closed') channels.delete(channel);
    });
    channel.onMessage.subscribe((data) => hear(channel, data));
  });

  function hear(channel: RTCDataChannel, data: string | Buffer): void {
    const message = parseToRobot(data);
    switch (message?.type) {
      case 'ping':
        sendOn(channel, { type: 'pong', t: message.t });
        return;
      case 'drive':
        if (of.mode === 'control') {
          of.command({ linearMPerS: message.linear, angularRadPerS: message.angular });
        }
        return;
      case undefined:
        return;
    }
  }

  return {
    take: peer.take,
    close: peer.close,
    sender: of.sender,
    sendPose(pose) {
      for (const channel of channels) sendOn(channel, pose);
    },
  };
}
