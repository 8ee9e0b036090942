import type { RTCDataChannel } from 'werift';
import { connectPeer, type Session } from '../../../client/src/node.ts';
import { canRestartIce, createDemoPeer } from '../peer/demo-peer.ts';
import { parseToRobot, sendOn, type ToOperator } from '../peer/drive-channel.ts';
import type { Rover } from './rover.ts';
import type { Camera } from './video/camera.ts';

export type RobotSession = {
  send(message: ToOperator): void;
  /** Closes the peer; the session at the server is left as it is. */
  closePeer(): void;
};

/** The robot's side of one session: streams to the channels that the operator opens, shows its camera, obeys who has control. */
export function serveSession(
  session: Session,
  of: {
    readonly rover: Rover;
    readonly camera: Camera;
    readonly onName: (name: string) => void;
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
  of.camera.showTo(connection);
  // Whoever drove until now drives no more, whatever it still sends.
  session.on('mode', (mode) => {
    if (mode === 'view') of.rover.halt();
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
          of.rover.command({ linearMPerS: message.linear, angularRadPerS: message.angular });
        }
        return;
      case 'stop':
        of.say(`stopped by the button  ${sessionId}`);
        of.rover.stop();
        return;
      case 'hello':
        of.onName(message.name);
        return;
      case undefined:
        return;
    }
  }

  return {
    send(message) {
      for (const channel of channels) sendOn(channel, message);
    },
    closePeer: peer.close,
  };
}
