import type { ClientSession } from '../../../../../functions/core/model/client-session.ts';
import type { ConnectionId, SessionId } from '../../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../../protocol/messages.ts';
import { beliefs, isListening } from '../beliefs.ts';
import { known } from '../known-limits.ts';
import { type Invariant, mustHold } from '../look.ts';
import type { ModelWorld } from '../world.ts';

/** What a side believes of the other side of a session. */
type Word = 'there' | 'away' | 'over' | 'not known';

const words = new Set([
  ...['welcome', 'sessionRequested', 'sessionOpened', 'sessionClosed', 'peerAway', 'peerBack'],
]);

/** I3: what each side was told last of the other is so, and none goes on with a session that is no more. */
export const misinformed: Invariant = {
  name: 'I3: at rest nobody is misinformed of the other side, and all know of the end',
  look() {
    const believed = beliefs<SessionId, Word>();
    /** Sessions that began in this round. */
    const begun = new Set<SessionId>();
    return {
      connection({ clock }, { before, after }) {
        // Nothing is said to an expired one (I1): what was to be said while it was, it has not heard.
        if (before !== undefined && after !== undefined && before.token.expiresAt <= clock.at) {
          believed.doubt(before.connectionId);
        }
      },
      session(_world, { before, after }) {
        if (before === undefined && after !== undefined) begun.add(after.sessionId);
      },
      robot(_world, { by, after }) {
        const to = after?.socket?.connectionId;
        if (known.toldWhileClaimed && by.name === 'hello' && to !== undefined && to !== by.connectionId) {
          believed.doubt(to);
        }
      },
      failed(_world, { to, message }) {
        if (message !== undefined && words.has(message.type)) believed.doubt(to);
      },
      heard({ state }, { to, message }) {
        if (message.type === 'welcome') believed.forget(to);
        const [robot] = state.robots.values();
        const isWaitingFor = message.type === 'sessionOpened' && message.state === 'suspended';
        const isUnheard = known.suspendedThoughOnline && isWaitingFor && robot?.state === 'online';
        for (const [sessionId, word] of wordsIn(message)) {
          if (isLate(to, sessionId, message)) continue;
          const isUndone = known.welcomedWithUndone && message.type === 'welcome' && begun.has(sessionId);
          const isOfBoth = message.type === 'peerBack' || message.type === 'peerAway';
          const isKnown = believed.subjects(to).includes(sessionId);
          believed.told(to, sessionId, isUnheard || isUndone || (isOfBoth && !isKnown) ? 'not known' : word);
        }
      },
      afterRound(world) {
        for (const { connectionId } of world.sockets) {
          const row = world.state.connections.get(connectionId);
          if (row !== undefined && row.token.expiresAt <= world.clock.at) believed.doubt(connectionId);
          if (isListening(world, connectionId)) look(world, connectionId);
        }
        begun.clear();
        believed.nextRound();
      },
    };

    /** A session that is over stays so, whatever is said of its sides; an answer does not overtake what was posted after it. */
    function isLate(to: ConnectionId, of: SessionId, { type }: ServerMessage): boolean {
      if (type === 'sessionOpened') return believed.isFresh(to, of);
      const before = believed.of(to, of);
      return (type === 'peerBack' || type === 'peerAway') && (before === 'over' || before === 'not known');
    }

    function look(world: ModelWorld, to: ConnectionId) {
      for (const sessionId of believed.subjects(to)) {
        const word = believed.of(to, sessionId);
        if (word === undefined || word === 'not known') continue;
        const truth = truthFor(world, to, sessionId);
        mustHold(
          truth === 'elsewhere' || truth === word,
          `${to} was told last that the other side of ${sessionId} is ${word}, and it is ${truth}`,
        );
      }
    }
  },
};

function wordsIn(message: ServerMessage): readonly (readonly [SessionId, Word])[] {
  switch (message.type) {
    case 'welcome':
      return message.sessions.map(({ sessionId, state }) => [sessionId, state === 'open' ? 'there' : 'away']);
    case 'sessionOpened':
      return [[message.sessionId, message.state === 'open' ? 'there' : 'away']];
    case 'sessionRequested':
    case 'peerBack':
      return [[message.sessionId, 'there']];
    case 'peerAway':
      return [[message.sessionId, 'away']];
    case 'sessionClosed':
      return [[message.sessionId, 'over']];
    default:
      return [];
  }
}

/** `elsewhere`: the socket is not a side of the session any more, and was told so by other means. */
function truthFor(world: ModelWorld, to: ConnectionId, id: SessionId): Word | 'elsewhere' {
  const session = [...world.state.sessions.values()].find(({ sessionId }) => sessionId === id);
  const isRobot = world.socketOf(to)?.user.groups.includes('robots') === true;
  return isRobot ? forRobot(world, to, session) : forClient(world, to, session);
}

function forRobot(
  { state }: ModelWorld,
  to: ConnectionId,
  session: ClientSession | undefined,
): Word | 'elsewhere' {
  const [robot] = state.robots.values();
  if (robot?.socket?.connectionId !== to) return 'elsewhere';
  if (session === undefined) return 'over';
  if (isArriving(state, session)) return 'elsewhere';
  return session.socket === undefined ? 'away' : 'there';
}

/** By a hello that failed, and could not be taken back: the next tells of it. */
function isArriving({ clients }: ModelWorld['state'], { clientId }: ClientSession): boolean {
  return clients.get(clientId)?.arrival !== undefined;
}

function forClient(
  { state, gateway }: ModelWorld,
  to: ConnectionId,
  session: ClientSession | undefined,
): Word | 'elsewhere' {
  const clientId = state.connections.get(to)?.client?.clientId;
  const client = clientId && state.clients.get(clientId);
  if (client?.connectionId !== to) return 'elsewhere';
  if (session === undefined) return 'over';
  if (session.socket?.connectionId !== to) return 'elsewhere';
  const [robot] = state.robots.values();
  // Of a socket that is gone, and nobody has noticed, a post may have told more than the row.
  if (robot?.socket !== undefined && !gateway.open.has(robot.socket.connectionId)) return 'elsewhere';
  // A hello that failed, and could not be taken back, is told by the next.
  if (robot !== undefined && state.arrivals.get(robot.robotId)?.isTold === false) return 'elsewhere';
  return robot?.state === 'online' ? 'there' : 'away';
}
