import { createRobotEndpoint, type SignalingClient } from '../../../client/src/node.ts';
import type { ToOperator } from '../peer/drive-channel.ts';
import { createCrew } from './crew.ts';
import type { Pose } from './kinematics.ts';
import { type RobotSession, serveSession } from './robot-session.ts';
import { createRover } from './rover.ts';
import { createCamera } from './video/camera.ts';

const poseEveryMs = 50;
/** Said again and again, for the channel may lose it. */
const crewEveryMs = 1_000;

export type RobotSessions = {
  /** Ends the peers, which nobody may drive by any more; what the server knows is its own affair. */
  closePeers(why: string): void;
  stop(): Promise<void>;
};

/** All sessions of the robot, around the one rover. */
export function serveSessions(
  client: SignalingClient,
  { say, startsAt }: { readonly say: (line: string) => void; readonly startsAt: Pose },
): RobotSessions {
  const rover = createRover(() => performance.now(), startsAt);
  const camera = createCamera({
    look: () => rover.now().pose,
    onFailure: (failure) => say(`no video: ${failure instanceof Error ? failure.message : 'unknown'}`),
  });
  const crew = createCrew(() => Date.now());
  const sessions = new Map<string, RobotSession>();
  const stream = setInterval(() => {
    if (sessions.size === 0) return;
    const { pose, velocity, state } = rover.now();
    const { xM: x, yM: y, headingRad } = pose;
    tellAll({ type: 'pose', x, y, headingRad, speed: velocity.linearMPerS, state, atMs: Date.now() });
  }, poseEveryMs);
  const roll = setInterval(tellCrew, crewEveryMs);

  function tellAll(message: ToOperator): void {
    for (const session of sessions.values()) session.send(message);
  }

  function tellCrew(): void {
    tellAll({ type: 'crew', members: crew.members() });
  }

  createRobotEndpoint(client, {
    onSession(session) {
      const { sessionId } = session;
      say(`session requested, ${session.mode()}  ${sessionId}`);
      crew.join(session);
      const onName = (name: string) => {
        crew.named(sessionId, name);
        tellCrew();
      };
      sessions.set(sessionId, serveSession(session, { rover, camera, say, onName }));
      session.on('mode', tellCrew);
      session.on('closed', (why) => end(sessionId, why));
      return 'accept';
    },
  });

  function end(sessionId: string, why: string): void {
    if (!sessions.delete(sessionId)) return;
    say(`session ended: ${why}  ${sessionId}`);
    crew.leave(sessionId);
    tellCrew();
  }

  return {
    closePeers(why) {
      for (const [sessionId, session] of [...sessions]) {
        session.closePeer();
        end(sessionId, why);
      }
    },
    async stop() {
      clearInterval(stream);
      clearInterval(roll);
      await camera.stop();
    },
  };
}
