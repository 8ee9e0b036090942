import type { Identity } from '../../../../../functions/core/model/identity.ts';
import { mayUse } from '../../../../../functions/core/model/permission.ts';
import type { ConnectionId } from '../../../../../protocol/ids.ts';
import { type Invariant, mustHold } from '../look.ts';

const refused = new Set(['refresh (older)', 'refresh (foreign)']);

/**
 * I5: a connection stays who it is, its life is never shortened, its permissions are those of its last
 * token, and a token that is refused writes nothing.
 */
export const identity: Invariant = {
  name: 'I5: a refresh changes neither who it is nor shortens its life, and re-reads what is permitted',
  look() {
    /** Whose refresh has met an outage after its write: it has no answer, and is to be sent again. */
    const unanswered = new Set<ConnectionId>();
    return {
      connection(_world, { by, before, after }) {
        mustHold(!refused.has(by.name), `${by.name} wrote a connection`);
        if (before === undefined || after === undefined) return;
        mustHold(nameOf(before.identity) === nameOf(after.identity), `${after.connectionId} became another`);
        mustHold(
          after.token.expiresAt >= before.token.expiresAt,
          `the life of ${after.connectionId} was shortened by ${by.name}`,
        );
      },
      robot: (_world, { by }) => mustHold(!refused.has(by.name), `${by.name} wrote a robot`),
      session: (_world, { by }) => mustHold(!refused.has(by.name), `${by.name} wrote a session`),
      blinded: (_world, { name, connectionId }) => {
        if (name.startsWith('refresh') && connectionId !== undefined) unanswered.add(connectionId);
      },
      answered: (_world, { by: { name, connectionId }, refusal }) => {
        const isGranted = name.startsWith('refresh') && refusal === undefined;
        if (isGranted && connectionId !== undefined) unanswered.delete(connectionId);
      },
      afterRound({ state }) {
        for (const { sessionId, mode, socket } of state.sessions.values()) {
          const row = socket && state.connections.get(socket.connectionId);
          if (mode !== 'control' || row === undefined || row.state === 'closing') continue;
          if (unanswered.has(row.connectionId)) continue;
          const { groups } = row.identity;
          mustHold(mayUse(groups, 'control'), `${sessionId} may drive, and its holder may not any more`);
        }
      },
    };
  },
};

function nameOf(identity: Identity): string {
  return [identity.principalId, identity.kind, identity.kind === 'robot' ? identity.robotId : ''].join(' ');
}
