import { createRobotEndpoint, type SignalingClient } from '../../../client/src/node.ts';
import { type RobotSession, serveSession } from './robot-session.ts';
import { createRover } from './rover.ts';

const poseEveryMs = 50;

export type RobotSessions = {
  /** Ends the peers, which nobody may drive by any more; what the server knows is its own affair. */
  closePeers(why: string): void;
  stop(): void;
};

/** All sessions of the robot, around the one rover. */
export function serveSessions(client: SignalingClient, say: (line: string) => void): RobotSessions {
  const rover = createRover(() => performance.now());
  const sessions = new Map<string, RobotSession>();
  const stream = setInterval(() => {
    if (sessions.size === 0) return;
    const { pose, velocity } = rover.now();
    const { xM: x, yM: y, headingRad } = pose;
    for (const session of sessions.values()) {
      session.sendPose({ type: 'pose', x, y, headingRad, speed: velocity.linearMPerS, atMs: Date.now() });
    }
  }, poseEveryMs);

  createRobotEndpoint(client, {
    onSession(session) {
      const { sessionId } = session;
      say(`session requested, ${session.mode()}  ${sessionId}`);
      sessions.set(sessionId, serveSession(session, { command: rover.command, say }));
      session.on('closed', (why) => end(sessionId, why));
      return 'accept';
    },
  });

  function end(sessionId: string, why: string): void {
    if (sessions.delete(sessionId)) say(`session ended: ${why}  ${sessionId}`);
  }

  return {
    closePeers(why) {
      for (const [sessionId, session] of [...sessions]) {
        session.closePeer();
        end(sessionId, why);
      }
    },
    stop: () => clearInterval(stream),
  };
}
