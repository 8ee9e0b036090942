import type { ClientSession } from '../../../../../functions/core/model/client-session.ts';
import { type Invariant, mustHold } from '../look.ts';
import type { ModelWorld } from '../world.ts';

/** When nothing is under way, clients, their sessions and their connections fit together. */
export const order: Invariant = {
  name: 'I3: at rest a session is where its client is, and its client lists it',
  look: () => ({
    afterRound(world) {
      const all = new Set([...world.state.sessions.values()].map(({ sessionId }) => sessionId));
      for (const session of world.state.sessions.values()) {
        listed(world, session);
        placed(world, session);
      }
      for (const [clientId, { sessions }] of world.state.clients) {
        for (const { sessionId } of sessions.values()) {
          mustHold(all.has(sessionId), `${clientId} lists ${sessionId}, which is no more`);
        }
      }
    },
  }),
};

function listed({ state }: ModelWorld, { clientId, sessionId }: ClientSession): void {
  const own = [...(state.clients.get(clientId)?.sessions.values() ?? [])];
  mustHold(
    own.some((key) => key.sessionId === sessionId),
    `${clientId} does not list its ${sessionId}`,
  );
}

function placed({ state }: ModelWorld, { clientId, sessionId, socket }: ClientSession): void {
  const there = state.clients.get(clientId)?.connectionId;
  const here = socket?.connectionId;
  mustHold(there === here, `${sessionId} is at ${here ?? 'nobody'}, ${clientId} at ${there ?? 'nobody'}`);
  if (here === undefined) return;
  const its = state.connections.get(here)?.state;
  mustHold(its === 'ready', `${sessionId} is at ${here}, which is ${its ?? 'no more'}`);
}
