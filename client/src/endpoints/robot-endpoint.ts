import { type Logger, silentLogger } from '../environment/logger.ts';
import { nameOf } from '../environment/name-of.ts';
import type { SignalingClient } from '../signaling/contract.ts';
import type { IceServer, Message, SessionMode } from '../wire/messages.ts';
import { createSession, type Session } from './session.ts';
import { createSessionList } from './session-list.ts';

/** What the robot says to a new session. Its answer to the offer accepts for the other side. */
export type Verdict = 'accept' | 'refuse' | 'busy';

export type RobotEndpointOptions = {
  /**
   * Asked once for each new session. Listen to the session before the first `await`; who throws refuses.
   */
  readonly onSession: (session: Session, asked: { readonly clientId: string }) => Verdict | Promise<Verdict>;
  readonly logger?: Logger;
};

/** Who may drive, as far as this robot has been told. */
export type ControlLease = { readonly sessionId: string | null; readonly leaseEpoch: number };

export type RobotEndpoint = {
  readonly sessions: () => readonly Session[];
  /** What was sent under an older `leaseEpoch` is not to be obeyed. */
  readonly control: () => ControlLease;
};

type Requested = {
  readonly sessionId: string;
  readonly clientId: string;
  readonly mode: SessionMode;
  readonly controller: string | null;
  readonly leaseEpoch: number;
  readonly iceServers: IceServer[];
};

/** The robot's side: serves the sessions that operators open with it. Start the client after this. */
export function createRobotEndpoint(client: SignalingClient, options: RobotEndpointOptions): RobotEndpoint {
  const { logger = silentLogger, onSession } = options;
  let robotId = '';
  let control: ControlLease = { sessionId: null, leaseEpoch: 0 };
  // Before the list hears of it: who listens to a session's mode finds the lease by which it changed.
  client.on('message', (message) => {
    if (message.type === 'controlChanged') setControl(message);
    if (message.type !== 'sessionRequested') return;
    setControl({ sessionId: message.controller, leaseEpoch: message.leaseEpoch });
    open(message);
  });
  client.on('state', (state) => {
    if (state.status !== 'ready') return;
    const lease = leaseOf(state.welcome.sessions);
    // Of a robot without sessions nobody drives.
    if (lease) setControl(lease);
    else control = { ...control, sessionId: null };
    robotId = state.welcome.robotId ?? robotId;
    openMissed(state.welcome.sessions).catch(() => undefined);
  });
  const list = createSessionList(client);

  function setControl({ sessionId, leaseEpoch }: ControlLease): void {
    if (leaseEpoch > control.leaseEpoch) control = { sessionId, leaseEpoch };
  }

  function open(requested: Requested): void {
    const { sessionId, clientId, mode, iceServers } = requested;
    // A repeated request is the same session, which is under way, or over.
    if (list.get(sessionId)) return;
    const session = createSession({ client, logger, sessionId, robotId, mode, iceServers });
    if (!session.isOpen()) return;
    list.add(session, requested);
    void decide(session, clientId).then((verdict) => {
      if (verdict !== 'accept') session.close(verdict === 'busy' ? 'busy' : 'refused');
    });
  }

  async function decide(session: Session, clientId: string): Promise<Verdict> {
    try {
      return await onSession(session, { clientId });
    } catch (failure) {
      logger.warn(`A session was refused: onSession threw ${nameOf(failure)}.`);
      return 'refuse';
    }
  }

  /** Sessions that were opened while this robot was away, and whose request was lost. */
  async function openMissed(sessions: Message<'welcome'>['sessions']): Promise<void> {
    const missed = sessions.filter(({ sessionId }) => !list.get(sessionId));
    if (missed.length === 0) return;
    const { iceServers } = await client.request('getIceServers', {});
    const controller = leaseOf(sessions)?.sessionId ?? null;
    for (const session of missed) open({ ...session, controller, iceServers });
  }

  return { sessions: list.all, control: () => control };

  /** By a `welcome`, where it names a session. */
  function leaseOf(sessions: Message<'welcome'>['sessions']): ControlLease | undefined {
    const sessionId = sessions.find(({ mode }) => mode === 'control')?.sessionId ?? null;
    return sessions[0] && { sessionId, leaseEpoch: sessions[0].leaseEpoch };
  }
}
