import { sayHello } from '../../../../../functions/core/use-cases/hello.ts';
import { actor, anySocket, steps } from '../steps.ts';
import { addressOf } from '../world.ts';

/** Any socket says hello, again too. */
export const hellos = steps('hello', anySocket, async (world, back) => {
  const socket = world.socketAt(back);
  if (socket === undefined) return;
  const deps = world.depsFor(actor('hello', socket.connectionId));
  await sayHello(deps, { caller: addressOf(socket), protocol: 1, requestId: undefined });
});
