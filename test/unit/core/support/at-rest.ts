import type { ClientSession } from '../../../../functions/core/model/client-session.ts';
import type { RobotSession } from '../../../../functions/core/model/robot-session.ts';
import type { ConnectionId, SessionId } from '../../../../protocol/ids.ts';
import type { ServerMessage } from '../../../../protocol/messages.ts';
import type { World } from './world.ts';

/** Rows that do not fit together in a world in which nothing is under way; none when all is well. */
export function disorder(world: World): readonly string[] {
  return [
    ...world.sessions().flatMap((session) => [...listed(world, session), ...placed(world, session)]),
    ...[...world.state.clients].flatMap(([clientId, { sessions }]) =>
      [...sessions.values()]
        .filter(({ sessionId }) => world.session(sessionId) === undefined)
        .map(({ sessionId }) => `${clientId} lists ${sessionId}, which is no more`),
    ),
    ...[...world.state.robots.values()].flatMap((robot) => controlled(world, robot)),
  ];
}

/** Sides of sessions that are there, and were told last of the other what is not so; none when all is well. */
export function misinformed(world: World): readonly string[] {
  return world.sessions().flatMap((session) => told(world, session));
}

function listed(world: World, { clientId, sessionId }: ClientSession): readonly string[] {
  const sessions = [...(world.state.clients.get(clientId)?.sessions.values() ?? [])];
  const isListed = sessions.some((key) => key.sessionId === sessionId);
  return isListed ? [] : [`${clientId} does not list its ${sessionId}`];
}

/** A session is where its client is, and its client is on a connection that is there. */
function placed(world: World, { clientId, sessionId, socket }: ClientSession): readonly string[] {
  const client = world.state.clients.get(clientId);
  const here = socket?.connectionId;
  const wrong: string[] = [];
  if (client?.connectionId !== here) {
    wrong.push(`${sessionId} is at ${here ?? 'nobody'}, ${clientId} at ${client?.connectionId ?? 'nobody'}`);
  }
  const connection = here && world.state.connections.get(here);
  if (here !== undefined && (connection === undefined || connection.state !== 'ready')) {
    wrong.push(`${sessionId} is at ${here}, which is ${connection?.state ?? 'no more'}`);
  }
  return wrong;
}

function controlled(world: World, { robotId, controllerSessionId, state }: RobotSession): readonly string[] {
  if (controllerSessionId === undefined) return [];
  if (state === 'offline') return [`${robotId} is offline and controlled`];
  const session = world.session(controllerSessionId);
  return session === undefined ? [`${controllerSessionId} controls ${robotId} and is no more`] : [];
}

function told(world: World, { robotId, sessionId, socket }: ClientSession): readonly string[] {
  const robot = world.robot(robotId);
  const sides = [
    { who: 'the robot', at: robot?.socket?.connectionId, other: socket !== undefined },
    { who: 'the client', at: socket?.connectionId, other: robot?.state === 'online' },
  ];
  return sides.flatMap(({ who, at, other }) => {
    const believed = at === undefined ? undefined : lastWordOf(world, at, sessionId);
    if (believed === undefined || believed === other) return [];
    return [`${who} of ${sessionId} was told last that the other is ${believed ? 'there' : 'away'}`];
  });
}

/** Whether the other side of a session is there, by what a socket was told last; undefined when of nothing. */
function lastWordOf(world: World, to: ConnectionId, sessionId: SessionId): boolean | undefined {
  return world.gateway.posted
    .filter((posted) => posted.to === to)
    .map(({ message }) => isThere(message, sessionId))
    .findLast((word) => word !== undefined);
}

function isThere(message: ServerMessage, of: SessionId): boolean | undefined {
  switch (message.type) {
    case 'welcome': {
      const entry = message.sessions.find(({ sessionId }) => sessionId === of);
      return entry === undefined ? undefined : entry.state === 'open';
    }
    case 'sessionRequested':
    case 'peerBack':
      return message.sessionId === of ? true : undefined;
    case 'peerAway':
      return message.sessionId === of ? false : undefined;
    default:
      return undefined;
  }
}
