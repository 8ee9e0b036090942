import type { RTCDataChannel } from 'werift';
import { connectPeer, type Session } from '../../../client/src/node.ts';
import { canRestartIce, createDemoPeer } from '../peer/demo-peer.ts';
import { type PoseMessage, parseToRobot, sendOn } from '../peer/drive-channel.ts';
import type { Velocity } from './kinematics.ts';

export type RobotSession = {
  sendPose(pose: PoseMessage): void;
  /** Closes the peer; the session at the server is left as it is. */
  closePeer(): void;
};

/** The robot's side of one session: streams to the channels that the operator opens, obeys who has control. */
export function serveSession(
  session: Session,
  of: {
    readonly command: (velocity: Velocity) => void;
    readonly say: (line: string) => void;
  },
): RobotSession {
  const { sessionId } = session;
  const channels = new Set<RTCDataChannel>();
  const connection = createDemoPeer(session.iceServers);
  const peer = connectPeer(session, {
    connection,
    role: 'robot',
    canRestartIce,
    onFailed(why) {
      // The operator opens the next one, if there is still somebody.
      of.say(
        why === 'no_path'
          ? `peer failed  ${sessionId}`
          : `refused: a description cannot be used  ${sessionId}`,
      );
      session.close(why === 'no_path' ? 'closed' : 'refused');
    },
  });
  connection.connectionStateChange.subscribe((state) => {
    if (state === 'connected') of.say(`peer connected  ${sessionId}`);
  });
  connection.onDataChannel.subscribe((channel) => {
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
        // Who has control may change while the channel is open.
        if (session.mode() === 'control') {
          of.command({ linearMPerS: message.linear, angularRadPerS: message.angular });
        }
        return;
      case undefined:
        return;
    }
  }

  return {
    sendPose(pose) {
      for (const channel of channels) sendOn(channel, pose);
    },
    closePeer: peer.close,
  };
}
