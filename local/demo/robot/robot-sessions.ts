import type { RobotId, SessionId } from '../../../protocol/ids.ts';
import type { ServerMessage } from '../../../protocol/messages.ts';
import { createSignalSender } from '../wire/signal-sender.ts';
import type { ClientMessage } from '../wire/signaling-socket.ts';
import { createRobotSession, type RobotSession } from './robot-session.ts';
import { createRover } from './rover.ts';

const poseEveryMs = 50;

export type RobotSessions = {
  take(message: ServerMessage): void;
  /** Ends what the server no longer knows; called at each `welcome`. */
  keepOnly(sessionIds: readonly SessionId[]): void;
  close(): void;
};

/** All sessions of the robot, around the one rover. They outlive the socket: the peers need it only to negotiate. */
export function createRobotSessions(of: {
  readonly robotId: RobotId;
  readonly send: (message: ClientMessage) => void;
  readonly say: (line: string) => void;
}): RobotSessions {
  const { robotId, send, say } = of;
  const rover = createRover(() => performance.now());
  const sessions = new Map<SessionId, RobotSession>();
  const stream = setInterval(() => {
    if (sessions.size === 0) return;
    const { pose, velocity } = rover.now();
    const { xM: x, yM: y, headingRad } = pose;
    for (const session of sessions.values()) {
      session.sendPose({ type: 'pose', x, y, headingRad, speed: velocity.linearMPerS, atMs: Date.now() });
    }
  }, poseEveryMs);

  function open({ sessionId, mode, iceServers }: Extract<ServerMessage, { type: 'sessionRequested' }>): void {
    // A repeated request is the same session, which is under way.
    if (sessions.has(sessionId)) return;
    say(`session requested, ${mode}  ${sessionId}`);
    const key = { robotId, sessionId };
    const sender = createSignalSender({ send }, key);
    const refuse = () => {
      send({ action: 'closeSession', ...key, reason: 'refused' });
      end(sessionId, 'refused');
    };
    const command = rover.command;
    sessions.set(
      sessionId,
      createRobotSession({ sessionId, mode, iceServers, sender, command, refuse, say }),
    );
  }

  function end(sessionId: SessionId, reason: string): void {
    const session = sessions.get(sessionId);
    if (session === undefined) return;
    sessions.delete(sessionId);
    session.close();
    say(`session ended: ${reason}  ${sessionId}`);
  }

  return {
    take(message) {
      switch (message.type) {
        case 'sessionRequested':
          return open(message);
        case 'signal':
          return sessions.get(message.sessionId)?.take(message);
        case 'sessionClosed':
          return end(message.sessionId, message.reason);
        case 'error':
          if (message.sessionId !== undefined) sessions.get(message.sessionId)?.sender.refused(message);
          return;
        default:
          return;
      }
    },
    keepOnly(sessionIds) {
      for (const sessionId of sessions.keys()) {
        if (!sessionIds.includes(sessionId)) end(sessionId, 'the server knows it no more');
      }
    },
    close() {
      clearInterval(stream);
      for (const sessionId of sessions.keys()) end(sessionId, 'the robot leaves');
    },
  };
}
