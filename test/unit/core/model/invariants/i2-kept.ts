import type { MemoryClient } from '../../../../../functions/adapters/memory/memory-state.ts';
import type { ClientSession } from '../../../../../functions/core/model/client-session.ts';
import type { Connection } from '../../../../../functions/core/model/connection.ts';
import type { ClientId, SessionId } from '../../../../../protocol/ids.ts';
import { type Invariant, mustHold } from '../look.ts';
import type { Actor } from '../steps.ts';
import { type ModelWorld, policy } from '../world.ts';

const changesControl = new Set(['requestControl', 'forceControl', 'grantControl', 'releaseControl']);

/** What answers `token_expired` when it is not so, or knows nothing of a connection that is there. */
const asked = new Set(['refresh', 'refresh (demoted)', 'openSession', 'signal', 'closeSession', 'hello']);

/**
 * I2: who refreshes in time keeps connection, sessions and control, until they leave, are replaced, lose
 * the permission, are revoked, are gone, or a later token runs out. Judged by the row at the moment of
 * the write: whatever token stands there has been granted.
 */
export const kept: Invariant = {
  name: 'I2: who refreshes in time keeps the connection, its sessions and control',
  look() {
    const dropped: { sessionId: SessionId; by: Actor }[] = [];
    /** The robot was offline at some time in this round: what ends its sessions may have begun then. */
    let wasOffline = false;
    /** Who wrote the sessions that are new in this round: an opening that fails takes back what it wrote. */
    const created = new Map<SessionId, Actor>();
    /** Clients that have changed their connection in this round, and may be back by now. */
    const moved = new Set<ClientId>();
    /** Clients that were deleted in this round: of one that is away the row goes before its last session. */
    const deleted = new Map<ClientId, MemoryClient>();
    const hasMoved = ({ client }: Connection) => client !== undefined && moved.has(client.clientId);
    return {
      connection(world, { by, before, after }) {
        if (before === undefined) return;
        if (before.state === 'closing') {
          const isOver =
            after === undefined || (after.state === 'closing' && after.refreshes === before.refreshes);
          return mustHold(isOver, `${by.name} brought ${before.connectionId} back, which was being closed`);
        }
        mustHold(after !== undefined, `${by.name} deleted ${before.connectionId} without closing it`);
        if (after.state !== 'closing') return;
        mustHold(
          mayClose(world, by, before),
          `${by.name} ${by.connectionId ?? ''} closed ${before.connectionId}, whose token has ${before.token.expiresAt - world.clock.at} ms left`,
        );
      },

      client(_world, { clientId, before, after }) {
        if (before?.connectionId !== after?.connectionId) moved.add(clientId);
        if (before !== undefined && after === undefined) deleted.set(clientId, before);
      },

      session(world, { by, before, after }) {
        if (before === undefined && after !== undefined) created.set(after.sessionId, by);
        if (before === undefined || after !== undefined) return;
        mustHold(
          wasOffline ||
            created.get(before.sessionId) === by ||
            (by.name === 'closeSession' && moved.has(before.clientId)) ||
            mayEnd(world, { by, before, deleted: deleted.get(before.clientId) }),
          `${by.name} ${by.connectionId ?? ''} ended ${before.sessionId} of ${before.socket?.connectionId}`,
        );
      },

      robot(_world, { by, before, after }) {
        if (after?.state === 'offline') wasOffline = true;
        const sessionId = before?.controllerSessionId;
        if (changesControl.has(by.name)) return;
        if (sessionId !== undefined && sessionId !== after?.controllerSessionId)
          dropped.push({ sessionId, by });
      },

      attempted({ state }, { by, to, what }) {
        if (what !== 'close' || by.name === 'hello') return;
        const row = state.connections.get(to);
        mustHold(row === undefined || row.state === 'closing', `${by.name} closes ${to}, which nobody ends`);
      },

      answered(world, { by, refusal, token }) {
        const socket = by.connectionId === undefined ? undefined : world.socketOf(by.connectionId);
        if (socket === undefined || !asked.has(by.name)) return;
        const row = world.state.connections.get(socket.connectionId);
        if (row === undefined || row.state === 'closing') return;
        const graceMs = by.name.startsWith('refresh') ? policy.graceMs : 0;
        mustHold(
          refusal !== 'token_expired' || socket.knownUntil + graceMs <= world.clock.at,
          `${by.name} of ${by.connectionId} was refused as expired, and is not`,
        );
        const isThere =
          row.state === 'ready' && by.name !== 'hello' && !isOlder(world, row) && !hasMoved(row);
        const isRevoked = token && world.ledger.covers(token.user.principalId, token.life, 'asked');
        mustHold(
          refusal !== 'unauthenticated' || !isThere || isRevoked === true,
          `${by.connectionId} is there, and was not known`,
        );
      },

      afterRound({ state, sockets }) {
        created.clear();
        moved.clear();
        deleted.clear();
        for (const { sessionId, by } of dropped.splice(0)) {
          const session = [...state.sessions.values()].find((each) => each.sessionId === sessionId);
          const robot = session && state.robots.get(session.robotId);
          const isKept = robot?.state === 'offline' || robot?.controllerSessionId === sessionId;
          // One that only views may have asked for it at the same moment, and not got it.
          mustHold(
            session?.mode !== 'control' || isKept,
            `${by.name} took control from ${sessionId}, which goes on`,
          );
        }
        wasOffline = [...state.robots.values()].some((robot) => robot.state === 'offline');
        for (const { connectionId, tokenExpiresAt } of sockets) {
          const row = state.connections.get(connectionId);
          mustHold(
            row === undefined || row.state === 'closing' || row.token.expiresAt >= tokenExpiresAt,
            `${connectionId} was granted a life that it does not have`,
          );
        }
      },
    };
  },
};

function mayClose({ clock, gateway, ledger }: ModelWorld, by: Actor, before: Connection): boolean {
  const { connectionId, connectedAt, token, state, identity } = before;
  if (ledger.covers(identity.principalId, token, 'asked')) return true;
  switch (by.name) {
    case '$disconnect':
    case 'bye':
      return by.connectionId === connectionId;
    case 'cleanup': {
      const isOver = token.expiresAt + policy.graceMs <= clock.at;
      const isMute = state === 'connected' && connectedAt + policy.helloWithinMs <= clock.at;
      return isOver || isMute || !gateway.open.has(connectionId);
    }
    default:
      return false;
  }
}

type Ending = {
  readonly by: Actor;
  readonly before: ClientSession;
  /** Its client, if that was deleted just before. */
  readonly deleted: MemoryClient | undefined;
};

function mayEnd(world: ModelWorld, ending: Ending): boolean {
  const { by, before } = ending;
  const { state, clock, socketOf } = world;
  const actor = by.connectionId === undefined ? undefined : socketOf(by.connectionId);
  const isOfRobot = actor?.user.groups.includes('robots') ?? false;
  if (hasLeft(world, ending)) return true;
  // Who waits is ended by its robot, by the end of the window, or by a return with other groups.
  if (before.socket === undefined) {
    const isOver = (before.resumeEndsAt ?? 0) <= clock.at;
    return by.name === 'cleanup' ? isOver : by.name === 'hello' || isOfRobot || isOwn(world, ending);
  }
  const { connectionId } = before.socket;
  const row = state.connections.get(connectionId);
  const robot = state.robots.get(before.robotId);
  if (row === undefined || row.state === 'closing') return true;
  if (robot === undefined) return true;
  switch (by.name) {
    case 'closeSession':
      return by.connectionId === connectionId || isOfRobot;
    case 'openSession':
      return by.connectionId === connectionId;
    case 'refresh (demoted)':
      return by.connectionId === connectionId;
    // The robot was replaced, and its new connection knows nothing of what was before.
    case 'hello':
      return isOfRobot || isOwn(world, ending);
    case 'cleanup':
      return row.token.expiresAt + policy.graceMs <= clock.at;
    default:
      return false;
  }
}

/** The client is, or was last, on a connection that is at its end, from which it does not come back. */
function hasLeft({ state }: ModelWorld, { before, deleted }: Ending): boolean {
  const client = state.clients.get(before.clientId) ?? deleted;
  const last = client?.connectionId ?? client?.detachedFrom;
  const row = last && state.connections.get(last);
  const mayReturn = row?.endsAs === 'disconnect' || row?.endsAs === 'gone';
  return row?.state === 'closing' && !mayReturn;
}

function isOwn({ state }: ModelWorld, { by, before, deleted }: Ending): boolean {
  const client = state.clients.get(before.clientId) ?? deleted;
  const last = client?.connectionId ?? client?.detachedFrom;
  return last !== undefined && last === by.connectionId;
}

/** Its client is on another connection by now. */
function isOlder({ state }: ModelWorld, { connectionId, client }: Connection): boolean {
  return client !== undefined && state.clients.get(client.clientId)?.connectionId !== connectionId;
}
