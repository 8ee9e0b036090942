import fc from 'fast-check';
import { bye } from '../../../../../functions/core/use-cases/bye.ts';
import { disconnect } from '../../../../../functions/core/use-cases/disconnect.ts';
import { endpoint } from '../../support/cast.ts';
import { actor, anySocket, steps } from '../steps.ts';
import { addressOf } from '../world.ts';

/** The way to a socket is cut. The gateway may tell of it later. */
export const cuts = steps('cut', anySocket, async (world, back) => {
  const socket = world.socketAt(back);
  if (socket !== undefined) world.gateway.cut(socket.connectionId);
});

/** The gateway tells that a socket is closed: soon, late, twice, out of order, or, where no step does it, never. */
export const disconnects = steps('$disconnect', fc.nat({ max: 5 }), async (world, back) => {
  const { owed } = world.gateway;
  const connectionId = owed[owed.length - 1 - (back % Math.max(owed.length, 1))];
  if (connectionId === undefined) return;
  await disconnect(world.depsFor(actor('$disconnect', connectionId)), { connectionId, endpoint });
});

export const byes = steps('bye', anySocket, async (world, back) => {
  const socket = world.socketAt(back);
  if (socket === undefined) return;
  socket.saidBye = true;
  await bye(world.depsFor(actor('bye', socket.connectionId)), addressOf(socket));
});
