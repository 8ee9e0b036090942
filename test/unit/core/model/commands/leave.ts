import fc from 'fast-check';
import type { Connection } from '../../../../../functions/core/model/connection.ts';
import type { ConnectionStore } from '../../../../../functions/core/ports/connection-store.ts';
import { bye } from '../../../../../functions/core/use-cases/bye.ts';
import { disconnect } from '../../../../../functions/core/use-cases/disconnect.ts';
import type { ConnectionId } from '../../../../../protocol/ids.ts';
import { endpoint } from '../../support/cast.ts';
import type { Asked } from '../ledger.ts';
import { mustHold } from '../look.ts';
import { type Actor, anySocket, steps } from '../steps.ts';
import { addressOf } from '../world.ts';

/** The way to a socket is cut. The gateway may tell of it later. */
export const cuts = steps('cut', anySocket, async (world, back) => {
  const socket = world.socketAt(back);
  if (socket !== undefined) world.gateway.cut(socket.connectionId);
});

/** The way to a socket dies while others are at work, and nobody knows: what is posted is accepted and lost. */
export const deafenings = steps(
  'deafen',
  fc.record({ back: anySocket, turns: fc.nat({ max: 12 }) }),
  async (world, { back, turns }) => {
    const socket = world.socketAt(back);
    for (let left = turns; left > 0; left--) await world.turn('deafen: later');
    if (socket !== undefined) world.gateway.deafen(socket.connectionId);
  },
);

/** A socket is cut, and the gateway tells so at once. */
export const losses = steps('lose', anySocket, async (world, back) => {
  const socket = world.socketAt(back);
  if (socket === undefined) return;
  const { connectionId } = socket;
  world.gateway.cut(connectionId);
  await disconnect(world.acts('$disconnect', connectionId).deps, { connectionId, endpoint });
});

/** The gateway tells that a socket is closed: soon, late, twice, out of order, or, where no step does it, never. */
export const disconnects = steps('$disconnect', fc.nat({ max: 5 }), async (world, back) => {
  const { owed } = world.gateway;
  const connectionId = owed[owed.length - 1 - (back % Math.max(owed.length, 1))];
  if (connectionId === undefined) return;
  await disconnect(world.acts('$disconnect', connectionId).deps, { connectionId, endpoint });
});

/** Somebody leaves for good, some of them for good everywhere. */
export const byes = steps(
  'bye',
  fc.record({ back: anySocket, signOut: fc.boolean() }),
  async ({ acts, state, socketAt, ledger, gateway }, { back, signOut }) => {
    const socket = socketAt(back);
    if (socket === undefined) return;
    const { connectionId } = socket;
    socket.saidBye = true;
    const { by, deps } = acts('bye', connectionId);
    const isThere = state.connections.has(connectionId);
    const canHear = gateway.open.has(connectionId);
    await bye(signOut ? { ...deps, connections: heard(deps.connections) } : deps, {
      caller: addressOf(socket),
      signOut,
    });
    if (!signOut) return;
    // Also what an earlier try has written, which this one was to finish.
    ledger.acknowledged((each) => each === by || (canHear && isBye(each, connectionId)));
    mustHold(
      !isThere || !ledger.has(by) || ledger.isWritten(by),
      `${connectionId} has signed out, and nothing was put on record`,
    );

    /** What is asked for is the end of the sign-in that the row names when it is read. */
    function heard(connections: ConnectionStore): ConnectionStore {
      return {
        ...connections,
        async get(id) {
          const row = await connections.get(id);
          if (row !== undefined && id === connectionId && !ledger.has(by)) ledger.asked(by, signInOf(row));
          return row;
        },
      };
    }
  },
);

function signInOf({ identity: { principalId }, token: { originJti, signedInAt } }: Connection): Asked {
  return originJti === undefined
    ? { what: 'sign-ins', principalId, until: signedInAt }
    : { what: 'sign-in', principalId, originJti };
}

function isBye({ name, connectionId }: Actor, of: ConnectionId): boolean {
  return name === 'bye' && connectionId === of;
}
