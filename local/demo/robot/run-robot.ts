import { setTimeout as sleep } from 'node:timers/promises';
import { type RobotId, robotId as robotIdSchema } from '../../../protocol/ids.ts';
import type { GoAway } from '../../../protocol/messages/token.ts';
import { backoffMs } from '../wire/backoff.ts';
import { HandshakeRefused, openSocket } from '../wire/open-socket.ts';
import { SignInRefused } from '../wire/sign-in.ts';
import { ConnectionLost, type Signaling, startSignaling } from '../wire/signaling-socket.ts';
import type { Target } from '../wire/target.ts';
import { createTokenSource, type TokenSource } from '../wire/token-source.ts';
import { keepUp } from '../wire/upkeep.ts';
import { createRobotSessions, type RobotSessions } from './robot-sessions.ts';

export type RobotOptions = {
  readonly target: Target;
  readonly userName: string;
  readonly password: string;
  /** One line per change of life; never a token or an SDP. */
  readonly say: (line: string) => void;
  /** Ends the robot: it says `bye` and is done. */
  readonly stop: AbortSignal;
};

/** Two devices with one identity must not fight for ever. */
const afterReplacedMs = 60_000;
/** A connection that held this long was no failure: the next loss starts from the shortest pause. */
const steadyAfterMs = 10_000;

/**
 * Signs in, connects, serves sessions, and comes back whenever the connection is lost, until it is
 * told to stop.
 *
 * @returns whether it ended as it should; false when it cannot go on without a person.
 */
export async function runRobot(options: RobotOptions): Promise<boolean> {
  const { target, userName, password, say, stop } = options;
  const identity = { url: target.identity, clientId: target.clientIds.robots };
  const tokens = createTokenSource(identity, { userName, password });
  const link = createLink(options);
  let failures = 0;
  try {
    while (!stop.aborted) {
      const startedAt = performance.now();
      let goAway: GoAway | undefined;
      try {
        goAway = await live(options, { tokens, link });
      } catch (failure) {
        say(failure instanceof Error ? failure.message : String(failure));
        if (failure instanceof SignInRefused && !failure.retryable) {
          say(
            `${userName} cannot sign in; correct HELIOGRAPH_USER or HELIOGRAPH_PASSWORD and start it again`,
          );
          return false;
        }
        if (failure instanceof HandshakeRefused && failure.status !== 503) tokens.refused();
        if (failure instanceof ConnectionLost) goAway = failure.goAway;
      }
      if (stop.aborted) break;
      if (goAway?.code === 'revoked') tokens.refused();
      if (goAway?.code === 'revoked' && !goAway.reconnect) {
        say(`the sign-in of ${userName} was revoked; start it again when it may return`);
        return false;
      }
      failures = performance.now() - startedAt > steadyAfterMs ? 1 : failures + 1;
      const ms = pauseMs(goAway, failures);
      say(`next attempt in ${(ms / 1000).toFixed(1)} s`);
      await sleep(ms, undefined, { signal: stop }).catch(() => undefined);
    }
    return true;
  } finally {
    link.close();
  }
}

/** One connection, from the token to its end. */
async function live(
  { target, say, stop, userName }: RobotOptions,
  { tokens, link }: { tokens: TokenSource; link: Link },
): Promise<GoAway | undefined> {
  const socket = await openSocket(target.gateway, await tokens.current());
  const signaling = await startSignaling(socket, 'heliograph-demo-robot');
  const { robotId = robotIdSchema.parse(userName), tokenExpiresAt } = signaling.welcome;
  say(`online as ${robotId}, token good for ${Math.round((tokenExpiresAt - Date.now()) / 1000)} s`);
  link.attach(signaling, robotId);
  keepUp(signaling, { tokens, say });

  const leave = () => {
    say('leaving');
    void signaling.bye();
  };
  if (stop.aborted) leave();
  stop.addEventListener('abort', leave, { once: true });
  const { code, goAway } = await signaling.closed;
  stop.removeEventListener('abort', leave);
  if (!stop.aborted) say(`connection lost (${code}${goAway === undefined ? '' : `, ${goAway.code}`})`);
  // Whoever was replaced or revoked has no sessions any more; after any other loss the peers go on.
  if (goAway?.code === 'replaced' || goAway?.reconnect === false) link.endSessions();
  return goAway;
}

type Link = {
  attach(signaling: Signaling, robotId: RobotId): void;
  endSessions(): void;
  close(): void;
};

/** Ties the sessions, which outlast sockets, to whichever socket is open. */
function createLink({ say }: RobotOptions): Link {
  let current: Signaling | undefined;
  let sessions: RobotSessions | undefined;
  return {
    attach(signaling, robotId) {
      current = signaling;
      const attached = sessions ?? createRobotSessions({ robotId, say, send: (m) => current?.send(m) });
      sessions = attached;
      attached.keepOnly(signaling.welcome.sessions.map(({ sessionId }) => sessionId));
      signaling.listen((message) => attached.take(message));
    },
    endSessions: () => sessions?.keepOnly([]),
    close: () => sessions?.close(),
  };
}

function pauseMs(goAway: GoAway | undefined, failures: number): number {
  const askedMs = goAway?.reconnectAfterMs ?? 0;
  return backoffMs(failures) + (goAway?.code === 'replaced' ? Math.max(afterReplacedMs, askedMs) : askedMs);
}
