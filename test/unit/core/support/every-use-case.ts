import { bye } from '../../../../functions/core/use-cases/bye.ts';
import {
  grantControl,
  releaseControl,
  requestControl,
} from '../../../../functions/core/use-cases/change-control.ts';
import { closeSession } from '../../../../functions/core/use-cases/close-session.ts';
import { connect } from '../../../../functions/core/use-cases/connect.ts';
import { disconnect } from '../../../../functions/core/use-cases/disconnect.ts';
import { getIceServers } from '../../../../functions/core/use-cases/get-ice-servers.ts';
import { listRobots } from '../../../../functions/core/use-cases/list-robots.ts';
import {
  revokeSignIn,
  revokeSignIns,
  revokeTokens,
  signOutEverywhere,
} from '../../../../functions/core/use-cases/revoke.ts';
import type { ConnectionId, SessionId } from '../../../../protocol/ids.ts';
import {
  cleanUp,
  connected,
  hello,
  keyOf,
  open,
  opened,
  refresh,
  send,
  signalOf,
  socketNamed,
  welcomed,
} from './cast.ts';
import { operator1, operator2, rover1, roverId, type User, viewer1 } from './people.ts';
import { watch } from './watching.ts';
import { newWorld, type World } from './world.ts';

export type Scene = {
  readonly world: World;
  /** Of `A`, in control. */
  readonly sessionId: SessionId;
  /** Of `V`, who views. */
  readonly viewId: SessionId;
  readonly key: string;
};

const robot = socketNamed('robot');
const a = socketNamed('A');
const v = socketNamed('V');
const w = socketNamed('W');
const next = socketNamed('next');

/** A robot, who controls it, who views it, and who watches the fleet. */
export async function everybodyThere(): Promise<Scene> {
  const world = newWorld();
  await welcomed(world, rover1, { name: 'robot' });
  await welcomed(world, operator1, { name: 'A' });
  await welcomed(world, viewer1, { name: 'V' });
  await welcomed(world, operator2, { name: 'W' });
  await watch(world, w);
  const { sessionId } = await opened(world, a);
  const view = await opened(world, v, { mode: 'view' });
  world.pass(1_000);
  return { world, sessionId, viewId: view.sessionId, key: keyOf(world, a) };
}

export type UseCase = {
  readonly name: string;
  /** What must have been before; nothing of it fails. */
  readonly before?: (scene: Scene) => Promise<unknown>;
  readonly act: (scene: Scene) => Promise<unknown>;
  /** How it is tried again by whoever wanted it; by default as before. */
  readonly again?: (scene: Scene) => Promise<unknown>;
};

const arrives =
  (who: User) =>
  ({ world }: Scene) =>
    connected(world, who, { name: 'next' });
const admit =
  (who: User) =>
  ({ world }: Scene) =>
    connect(world.deps, {
      socket: next,
      credentials: { found: true, token: world.tokens.issue(who), carrier: 'header' },
    });
const control = ({ sessionId: of }: { sessionId: SessionId }, caller = a) => ({
  caller,
  robotId: roverId,
  sessionId: of,
});
const drops =
  (socket: typeof a) =>
  async ({ world }: Scene) =>
    world.gateway.drop(socket);
/** The gateway tells of it once: it is the cleanup that must find what this leaves. */
const once = async () => undefined;
const inMs =
  (ms: number) =>
  async ({ world }: Scene) =>
    world.pass(ms);
const { principalId } = operator1;

/** Each use case of `core/` in a scene in which it does all that it can. */
export const useCases: readonly UseCase[] = [
  { name: 'connect, robot', act: admit(rover1) },
  { name: 'connect, client', act: admit(operator1) },
  {
    name: 'hello of a robot that returns',
    before: arrives(rover1),
    act: ({ world }) => hello(world, next, { resume: true }),
  },
  {
    name: 'hello of a robot that begins anew',
    before: arrives(rover1),
    act: ({ world }) => hello(world, next),
  },
  { name: 'hello of a new client', before: arrives(operator1), act: ({ world }) => hello(world, next) },
  {
    name: 'hello of a client that returns',
    before: arrives(operator1),
    act: ({ world, key }) => hello(world, next, { resume: key }),
  },
  ...[
    { socket: robot, who: rover1, name: 'robot' },
    { socket: a, who: operator1, name: 'client' },
    { socket: w, who: operator2, name: 'watcher' },
  ].map(({ socket, who, name }) => ({
    name: `refreshToken, ${name}`,
    before: inMs(60_000),
    act: ({ world }: Scene) => refresh(world, socket, world.tokens.issue(who)),
  })),
  { name: 'openSession, control', act: ({ world }) => open(world, w, { requestId: 'r1' }) },
  { name: 'openSession, view', act: ({ world }) => open(world, w, { mode: 'view', requestId: 'r1' }) },
  {
    name: 'openSession with a robot that is away',
    before: async ({ world }) => {
      world.gateway.drop(robot);
      await disconnect(world.deps, robot);
    },
    act: ({ world }) => open(world, w, { requestId: 'r1' }),
  },
  { name: 'signal, client to robot', act: ({ world, sessionId }) => send(world, a, signalOf(sessionId)) },
  { name: 'signal, robot to client', act: ({ world, sessionId }) => send(world, robot, signalOf(sessionId)) },
  {
    name: 'signal to a socket that is gone',
    before: drops(robot),
    act: ({ world, sessionId }) => send(world, a, signalOf(sessionId)),
  },
  {
    name: 'closeSession, client',
    act: ({ world, sessionId }) => closeSession(world.deps, { ...control({ sessionId }), reason: 'closed' }),
  },
  {
    name: 'closeSession, robot',
    act: ({ world, sessionId }) =>
      closeSession(world.deps, { ...control({ sessionId }, robot), reason: 'refused' }),
  },
  {
    name: 'requestControl that is held',
    before: ({ world }) => open(world, w, { requestId: 'r1' }),
    act: ({ world }) => {
      const own = sessionOf(world, w.connectionId);
      return requestControl(world.deps, { ...control({ sessionId: own }, w), force: false });
    },
  },
  {
    name: 'requestControl that is free',
    before: ({ world, sessionId }) => releaseControl(world.deps, control({ sessionId })),
    act: ({ world, sessionId }) => requestControl(world.deps, { ...control({ sessionId }), force: false }),
  },
  {
    name: 'grantControl',
    before: ({ world }) => open(world, w, { requestId: 'r1' }),
    act: ({ world, sessionId }) =>
      grantControl(world.deps, { ...control({ sessionId }), to: sessionOf(world, w.connectionId) }),
  },
  {
    name: 'releaseControl',
    act: ({ world, sessionId }) => releaseControl(world.deps, control({ sessionId })),
  },
  { name: 'listRobots', act: ({ world }) => listRobots(world.deps, { caller: w, cursor: undefined }) },
  { name: 'watchRobots', act: ({ world }) => watch(world, a) },
  { name: 'getIceServers', act: ({ world }) => getIceServers(world.deps, a) },
  ...[robot, a, w].flatMap((caller) =>
    [false, true].map((signOut) => ({
      name: `bye of ${caller.connectionId}${signOut ? ' that signs out' : ''}`,
      act: ({ world }: Scene) => bye(world.deps, { caller, signOut }),
    })),
  ),
  ...[robot, a, w].map((socket) => ({
    name: `disconnect of ${socket.connectionId}`,
    before: drops(socket),
    act: ({ world }: Scene) => disconnect(world.deps, socket),
    again: once,
  })),
  {
    name: 'revokeSignIns',
    act: ({ world }) => revokeSignIns(world.deps, { principalId, at: world.clock.at }),
  },
  { name: 'revokeTokens', act: ({ world }) => revokeTokens(world.deps, { principalId, at: world.clock.at }) },
  {
    name: 'revokeSignIn',
    act: ({ world }) => revokeSignIn(world.deps, { principalId, originJti: 'sign-in-1' }),
  },
  { name: 'signOutEverywhere', act: ({ world }) => signOutEverywhere(world.deps, operator1.userName) },
  ...[
    { what: 'asks after sockets', ms: (of: World) => of.policy.checkEveryMs },
    { what: 'announces roll-overs', ms: (of: World) => of.policy.rollOverMs.to },
    { what: 'warns', ms: (of: World) => of.policy.tokenMs - (of.policy.warnMs[0] ?? 0) },
    { what: 'announces expiries', ms: (of: World) => of.policy.tokenMs },
    { what: 'closes what has expired', ms: (of: World) => of.policy.tokenMs + of.policy.graceMs },
  ].map(({ what, ms }) => ({
    name: `cleanup that ${what}`,
    before: async ({ world }: Scene) => world.pass(ms(world)),
    act: ({ world }: Scene) => cleanUp(world),
    again: ({ world }: Scene) => {
      world.pass(world.policy.cleanupEveryMs);
      return cleanUp(world);
    },
  })),
  {
    name: 'cleanup that finds sockets gone',
    before: async ({ world }) => {
      for (const socket of [robot, a, w]) world.gateway.drop(socket);
      world.pass(world.policy.checkEveryMs);
    },
    act: ({ world }) => cleanUp(world),
  },
  {
    name: 'cleanup that ends windows',
    before: async ({ world }) => {
      for (const socket of [robot, a]) {
        world.gateway.drop(socket);
        await disconnect(world.deps, socket);
      }
      world.pass(world.policy.resumeWindowMs);
    },
    act: ({ world }) => cleanUp(world),
  },
];

function sessionOf(world: World, connection: ConnectionId): SessionId {
  const own = world.sessions().find(({ socket }) => socket?.connectionId === connection);
  if (own === undefined) throw new Error(`${connection} has no session`);
  return own.sessionId;
}
