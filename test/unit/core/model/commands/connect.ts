import fc from 'fast-check';
import { connect } from '../../../../../functions/core/use-cases/connect.ts';
import { actor, steps } from '../steps.ts';
import { addressOf, policy, users } from '../world.ts';

/** A new socket of one of the users. Only when `$connect` has returned can it be posted to. */
export const connects = steps(
  'connect',
  fc.record({
    user: fc.constantFrom(...users.keys()),
    lifeMs: fc.constantFrom(policy.tokenMs, policy.tokenMs, 40_000),
  }),
  async (world, { user: index, lifeMs }) => {
    const user = users[index];
    if (user === undefined) return;
    const token = world.tokens.issue(user, { lifeMs });
    const socket = world.newSocket(user, world.clock.at + lifeMs);
    const credentials = { found: true, token, carrier: 'header' } as const;
    const deps = world.depsFor(actor('connect', socket.connectionId));
    const { admitted } = await connect(deps, { socket: addressOf(socket), credentials });
    if (admitted) world.gateway.admit(socket.connectionId);
  },
);
