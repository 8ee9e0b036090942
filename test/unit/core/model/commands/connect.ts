import fc from 'fast-check';
import { connect } from '../../../../../functions/core/use-cases/connect.ts';
import type { WhichSignIn } from '../cognito.ts';
import { steps } from '../steps.ts';
import { addressOf, type ModelSocket, type ModelWorld, policy, users } from '../world.ts';
import { greet } from './hello.ts';

export type Arrival = {
  readonly user: number;
  readonly signIn: WhichSignIn;
  readonly lifeMs: number;
  /** For how long its holder has had the token. */
  readonly ageMs: number;
};

const arrival = fc.record<Arrival>({
  user: fc.constantFrom(0, 0, 1, 1, 2, 2, 3, 3, 4),
  signIn: fc.constantFrom('latest', 'latest', 'first', 'new', 'new', 'unnamed'),
  lifeMs: fc.constantFrom(policy.tokenMs, policy.tokenMs, 40_000),
  ageMs: fc.constantFrom(0, 0, 0, 5000, 30_000),
});

/** A new socket of one of the users. Only when `$connect` has returned can it be posted to, and speak. */
export const connects = steps('connect', arrival, async (world, given) => void (await arrive(world, given)));

/** A new socket that says hello as soon as it may. */
export const arrivals = steps('connect and hello', arrival, async (world, given) => {
  const socket = await arrive(world, given);
  if (socket !== undefined) await greet(world, socket);
});

export async function arrive(
  world: ModelWorld,
  { user: index, signIn, lifeMs, ageMs }: Arrival,
): Promise<ModelSocket | undefined> {
  const user = users[index];
  if (user === undefined) return undefined;
  const issued = world.cognito.issue(user, { signedIn: world.cognito.signInOf(user, signIn), lifeMs, ageMs });
  const { token, life } = issued;
  const socket = world.newSocket(user, life.expiresAt);
  const { deps, answered } = world.acts('connect', socket.connectionId);
  const credentials = { found: true, token, carrier: 'header' } as const;
  const admission = await connect(deps, { socket: addressOf(socket), credentials });
  const isLate = life.expiresAt <= world.clock.at;
  if (admission.admitted || !isLate) {
    answered(admission.admitted ? undefined : String(admission.status), issued);
  }
  if (!admission.admitted) return undefined;
  world.gateway.admit(socket.connectionId);
  return socket;
}
