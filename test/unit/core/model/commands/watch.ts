import fc from 'fast-check';
import { watchRobots } from '../../../../../functions/core/use-cases/watch-robots.ts';
import { roverId } from '../../support/people.ts';
import { anySocket, steps } from '../steps.ts';
import { addressOf } from '../world.ts';

/** Any socket watches, the robot by name or all that it may see. */
export const watches = steps(
  'watchRobots',
  fc.record({ back: anySocket, named: fc.boolean() }),
  async (world, { back, named }) => {
    const socket = world.socketAt(back);
    if (socket === undefined) return;
    const { deps, answered, replied } = world.acts('watchRobots', socket.connectionId);
    const robotIds = named ? [roverId] : undefined;
    const outcome = await watchRobots(deps, { caller: addressOf(socket), robotIds });
    answered(outcome.ok ? undefined : outcome.refusal.code);
    if (outcome.ok) replied({ type: 'watching' });
  },
);
