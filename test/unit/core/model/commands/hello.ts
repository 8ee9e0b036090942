import { sayHello } from '../../../../../functions/core/use-cases/hello.ts';
import { anySocket, steps } from '../steps.ts';
import { addressOf, type ModelSocket, type ModelWorld } from '../world.ts';

/** Any socket says hello, again too; also one that was cut in the meantime, for a message may be on its way. */
export const hellos = steps('hello', anySocket, async (world, back) => {
  const socket = world.socketAt(back);
  if (socket !== undefined) await greet(world, socket);
});

/** What a `hello` brings of before. */
export type Brought = {
  readonly resume?: string | true | undefined;
  readonly received?: Readonly<Record<string, number>> | undefined;
};

export async function greet(
  world: ModelWorld,
  socket: ModelSocket,
  { resume, received }: Brought = {},
): Promise<void> {
  socket.saidHello = true;
  const { deps, answered } = world.acts('hello', socket.connectionId);
  const outcome = await sayHello(deps, {
    caller: addressOf(socket),
    protocol: 1,
    requestId: undefined,
    resume,
    received,
  });
  answered(outcome.ok ? undefined : outcome.refusal.code);
}
