import type { ConnectionId } from '../../../../../protocol/ids.ts';
import { type Invariant, mustHold } from '../look.ts';

const leaving = new Set(['$disconnect', 'bye', 'cleanup', 'revoke']);

/** I4 for clients: one connection is the client, each change raises its age, and an old one changes nothing. */
export const client: Invariant = {
  name: 'I4: one connection is the client, its age never falls, and only its own principal takes it over',
  look: () => ({
    client(world, { by, clientId, before, after }) {
      if (before === undefined || after === undefined) return;
      mustHold(after.epoch >= before.epoch, `the age of ${clientId} fell: ${before.epoch} to ${after.epoch}`);
      mustHold(after.principalId === before.principalId, `${clientId} is another's now`);
      const { connectionId } = after;
      if (connectionId !== before.connectionId && connectionId !== undefined) {
        mustHold(by.name === 'hello', `${by.name} moved ${clientId} to ${connectionId}`);
        mustHold(after.epoch > before.epoch, `${clientId} moved to ${connectionId} without a new age`);
        const principalId = world.socketOf(connectionId)?.user.principalId;
        mustHold(
          principalId === after.principalId,
          `${connectionId} of ${principalId} took ${clientId} over`,
        );
      }
      const was: ConnectionId | undefined = before.connectionId;
      if (was === undefined || connectionId === was || !leaving.has(by.name)) return;
      const row = world.state.connections.get(was);
      mustHold(
        row === undefined || row.state === 'closing',
        `${by.name} ${by.connectionId} detached ${clientId} from ${was}, which is alive`,
      );
    },

    session(_world, { before, after }) {
      if (before === undefined || after === undefined) return;
      const { sessionId } = after;
      const fell = `the age of ${sessionId} fell: ${before.clientEpoch} to ${after.clientEpoch}`;
      mustHold(after.clientEpoch >= before.clientEpoch, fell);
      mustHold(after.clientId === before.clientId, `${sessionId} is another client's now`);
    },
  }),
};

/** As its holder sees it: who was welcomed as a client and not told otherwise is that client. */
export const clientTold: Invariant = {
  name: 'I4, F8: a connection that was welcomed as a client is that client, or was told that it is not',
  look() {
    const welcomed = new Map<ConnectionId, string>();
    return {
      attempted(_world, { to, what }) {
        // An attempt counts: a gateway that fails is another matter.
        if (what !== 'welcome') welcomed.delete(to);
      },
      delivered(_world, { to, message }) {
        if (message.type === 'welcome' && message.clientId !== undefined) welcomed.set(to, message.clientId);
      },
      failed(_world, { to, message }) {
        // Its `hello` is answered `unavailable`, and said again.
        if (message?.type === 'welcome') welcomed.delete(to);
      },
      afterRound({ state, gateway, clock }) {
        for (const [connectionId, clientId] of welcomed) {
          const row = state.connections.get(connectionId);
          const isThere = row?.state === 'ready' && row.token.expiresAt > clock.at;
          if (!isThere || !gateway.open.has(connectionId)) continue;
          const current = [...state.clients].find(([id]) => id === clientId)?.[1];
          mustHold(
            current?.connectionId === connectionId,
            `${connectionId} was welcomed as ${clientId}, which is at ${current?.connectionId}`,
          );
        }
      },
    };
  },
};
