import { disconnect } from '../../functions/core/use-cases/disconnect.ts';
import { cleanups } from '../unit/core/model/commands/cleanup.ts';
import { arrivals, connects } from '../unit/core/model/commands/connect.ts';
import { greet } from '../unit/core/model/commands/hello.ts';
import { opens } from '../unit/core/model/commands/open-session.ts';
import { revokes } from '../unit/core/model/commands/revoke.ts';
import { signals } from '../unit/core/model/commands/signal.ts';
import type { Passing } from '../unit/core/model/passing.ts';
import type { Round, Step } from '../unit/core/model/steps.ts';
import { addressOf, type ModelWorld, policy } from '../unit/core/model/world.ts';

/** What was before, one after the other, and what then happens at once. */
export type Scene = {
  readonly name: string;
  readonly before: readonly Round[];
  readonly atOnce: readonly Step[];
};

const token = { signIn: 'latest', lifeMs: policy.tokenMs, ageMs: 0 } as const;
const alone = (step: Step, thenPass: Passing = 1): Round => ({ steps: [step], faults: [], thenPass });

// Sockets by their number, in the order in which they came.
const robot = 0;
const client = 1;
const otherClient = 2;
const newRobot = 3;
/** In its place: the other client's next socket. */
const nextOfClient = 3;

/** Counted back from the youngest of the four, as the model's steps have it. */
const back = (socket: number) => newRobot - socket;

function at(world: ModelWorld, socket: number) {
  const found = world.sockets[socket];
  if (found === undefined) throw new Error(`There is no socket ${socket}`);
  return found;
}

const helloOfNewRobot: Step = {
  name: 'hello',
  run: (world) => greet(world, at(world, newRobot), { resume: true }),
};
const cutRobot: Step = {
  name: 'cut',
  run: async (world) => world.gateway.cut(at(world, robot).connectionId),
};
const lateDisconnect: Step = {
  name: '$disconnect',
  async run(world) {
    const socket = at(world, robot);
    await disconnect(world.acts('$disconnect', socket.connectionId).deps, addressOf(socket));
  },
};
const cleanup = cleanups.of({ runs: 1, turnsLater: 0 });
const revocation = (of: number) =>
  revokes.of({ what: 'sign-ins', back: back(of), signIn: 'latest', lateMs: 0 });
const opening = (of: number, requestId?: 'again') => opens.of({ back: back(of), mode: 'control', requestId });
const helloAgain: Step = {
  name: 'hello again',
  run: (world) => greet(world, at(world, robot), { resume: true }),
};
/** The client comes back on its next connection, and asks there for the session once more. */
const rollOver: Step = {
  name: 'roll-over',
  async run(world) {
    const clientId = world.remembered.clientAt(at(world, otherClient).connectionId);
    const key = world.remembered.keys.findLast((each) => each.clientId === clientId)?.key;
    if (key === undefined) throw new Error('The client was not welcomed with a key');
    await greet(world, at(world, nextOfClient), { resume: key });
    await opening(nextOfClient, 'again').run(world);
  },
};
const signal = (of: number) => signals.of({ back: back(of), session: 0 });

/** A robot, a client in control of it, another client, and the robot's next socket, which has not said hello. */
const four: readonly Round[] = [
  alone(arrivals.of({ user: 0, ...token })),
  alone(arrivals.of({ user: 2, ...token })),
  alone(opens.of({ back: 0, mode: 'control', requestId: undefined })),
  alone(arrivals.of({ user: 3, ...token })),
  alone(connects.of({ user: 1, ...token })),
];

/** A robot, a client, another client that is to ask for a session, and the next socket of that. */
const threeAndNext: readonly Round[] = [...four.slice(0, -1), alone(connects.of({ user: 3, ...token }))];

/** As many have to do with each other as can, four or five at a time. */
export const scenes: readonly Scene[] = [
  {
    name: 'a robot takes over from a socket that is lost, while the cleanup runs and a client signals',
    // The old socket is asked after by the cleanup at the moment at which the new one comes.
    before: [...four, alone(cutRobot, { until: 'deadline', of: back(robot), plusMs: 0 })],
    atOnce: [helloOfNewRobot, lateDisconnect, cleanup, signal(client)],
  },
  {
    name: 'a client is revoked while it signals, and another opens a session',
    before: four,
    atOnce: [revocation(client), signal(client), opening(otherClient)],
  },
  {
    name: 'a robot takes over while its client is revoked, another opens a session, and the cleanup runs',
    before: four,
    atOnce: [helloOfNewRobot, revocation(client), opening(otherClient), cleanup],
  },
  {
    name: 'a robot says hello again while its next connection takes over, a client is revoked, and another opens',
    before: four,
    atOnce: [helloAgain, helloOfNewRobot, revocation(client), opening(otherClient)],
  },
  {
    name: 'a client rolls over while it opens a session, and asks for it again; the other that has control is revoked',
    before: threeAndNext,
    atOnce: [opening(otherClient, 'again'), rollOver, revocation(client)],
  },
  {
    name: 'all of it: a take-over, a late end, an opening, a signal, a revocation and the cleanup',
    before: [...four, alone(cutRobot, { until: 'deadline', of: back(robot), plusMs: 0 })],
    atOnce: [
      helloOfNewRobot,
      lateDisconnect,
      opening(otherClient),
      signal(client),
      revocation(client),
      cleanup,
    ],
  },
];
