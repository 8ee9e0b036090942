import fc from 'fast-check';
import { mustHold } from '../look.ts';
import type { HeardKey } from '../memories.ts';
import { type Step, steps } from '../steps.ts';
import { type ModelSocket, type ModelWorld, policy, users } from '../world.ts';
import { arrive } from './connect.ts';
import { type Brought, greet } from './hello.ts';

/** With which key a client comes back: the last that it heard, the one before, none, a guessed one, or somebody else's. */
const keys = ['last', 'last', 'last', 'before', 'none', 'guessed', 'foreign'] as const;

type Return = {
  /** Who, counted back from the one that connected last. */
  readonly back: number;
  readonly key: (typeof keys)[number];
  /** Of a robot: whether it goes on with its sessions. */
  readonly resume: boolean;
  readonly signIn: 'latest' | 'new';
  readonly lifeMs: number;
  /** How many times it says `hello`, at once. */
  readonly times: number;
};

const returning = fc.record<Return>({
  back: fc.constantFrom(0, 0, 1, 1, 2, 3),
  key: fc.constantFrom(...keys),
  resume: fc.constantFrom(true, true, false),
  signIn: fc.constantFrom('latest', 'latest', 'new'),
  lifeMs: fc.constantFrom(policy.tokenMs, policy.tokenMs, policy.tokenMs, 40_000),
  times: fc.constantFrom(1, 1, 1, 2),
});

/** Somebody who was here comes back on a new connection, whether the old one is still there or not. */
export const returns = steps('come back', returning, async (world, given) => {
  const before = who(world, given.back);
  if (before === undefined) return;
  const { signIn, lifeMs } = given;
  const brought = broughtBy(world, before, given);
  const socket = await arrive(world, { user: users.indexOf(before.user), signIn, lifeMs, ageMs: 0 });
  if (socket === undefined) return;
  const hello = () => greetAgain(world, socket, { given, brought });
  const outcomes = await Promise.allSettled(Array.from({ length: given.times }, hello));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
});

/** A connection that is there says `hello` again, with the key that it heard last. */
export const helloAgain = steps('hello with key', fc.constantFrom(0, 0, 1, 2), async (world, back) => {
  const socket = world.socketAt(back);
  if (socket === undefined) return;
  const given = { ...lastOf, back };
  await greetAgain(world, socket, { given, brought: broughtBy(world, socket, given) });
});

const lastOf: Return = {
  back: 0,
  key: 'last',
  resume: true,
  signIn: 'latest',
  lifeMs: policy.tokenMs,
  times: 1,
};

/** The plain return of whoever connected last but so many. */
export const backOf = (back: number): Step => returns.of({ ...lastOf, back });

function who({ sockets }: ModelWorld, back: number): ModelSocket | undefined {
  return sockets[sockets.length - 1 - (back % Math.max(sockets.length, 1))];
}

function broughtBy(world: ModelWorld, { connectionId, user }: ModelSocket, given: Return): Brought {
  const { remembered, state } = world;
  const sessions = [...state.sessions.values()].map(({ sessionId }) => sessionId);
  if (user.groups.includes('robots')) {
    return given.resume ? { resume: true, received: remembered.countsOf('robot', sessions) } : {};
  }
  const clientId = remembered.clientAt(connectionId);
  const own = remembered.keys.filter((each) => each.clientId === clientId);
  const foreign = remembered.keys.filter((each) => each.principalId !== user.principalId);
  const resume = keyFor(given.key, { own, foreign });
  return resume === undefined ? {} : { resume, received: remembered.countsOf('client', sessions) };
}

type Known = { readonly own: readonly HeardKey[]; readonly foreign: readonly HeardKey[] };

function keyFor(which: Return['key'], { own, foreign }: Known): string | undefined {
  switch (which) {
    case 'last':
      return own.at(-1)?.key;
    case 'before':
      return own.at(-2)?.key;
    case 'guessed':
      return own.length === 0 ? undefined : `${own.at(-1)?.clientId}.guessed`;
    case 'foreign':
      return foreign.at(-1)?.key;
    case 'none':
      return undefined;
  }
}

async function greetAgain(
  world: ModelWorld,
  socket: ModelSocket,
  { given, brought }: { given: Return; brought: Brought },
): Promise<void> {
  const { remembered, state } = world;
  const before = remembered.clientAt(socket.connectionId);
  await greet(world, socket, brought);
  if (given.key !== 'guessed' && given.key !== 'foreign') return;
  const isRobot = socket.user.groups.includes('robots');
  const cameBack = state.clients.get(remembered.clientAt(socket.connectionId) ?? ('' as never))?.cameBack;
  mustHold(
    isRobot || before !== undefined || cameBack !== true,
    `${socket.connectionId} took a client over with a key that is ${given.key}`,
  );
}
