import { describe, expect, it } from 'vitest';
import { bye } from '../../../../functions/core/use-cases/bye.ts';
import { closeSession } from '../../../../functions/core/use-cases/close-session.ts';
import { disconnect } from '../../../../functions/core/use-cases/disconnect.ts';
import {
  cleanUp,
  codeOf,
  connected,
  granted,
  hello,
  keyOf,
  open,
  opened,
  sent,
  welcomed,
} from '../support/cast.ts';
import { operator1, rover1, roverId } from '../support/people.ts';
import { a, b, back, c, lose, pair, robot } from '../support/returning.ts';
import { newWorld, type World } from '../support/world.ts';

/** What the model has found of who comes back, and is mended, shrunk and told as a story. */
describe('I4: a robot that says bye while it says hello again', () => {
  it('is not claimed for the connection that it has left', async () => {
    const world = newWorld();
    const socket = await welcomed(world, rover1);
    const reading = world.tap.hold('robots.arrivalOf');
    const helloing = hello(world, socket);
    await reading.reachedBy(helloing);
    const closing = world.tap.hold(`close ${socket.connectionId}`);
    const leaving = bye(world.deps, { caller: socket, signOut: false });
    await closing.reachedBy(leaving);
    reading.release();
    await helloing;
    closing.release();
    await leaving;
    expect(world.robot()).toMatchObject({ state: 'offline' });
  });
});

describe('I4: a robot that is closed while it says hello twice at once', () => {
  it('is not left online, though neither claim can be given back', async () => {
    const world = newWorld();
    const socket = await connected(world, rover1);
    const marking = world.tap.hold('connections.markReady');
    const first = hello(world, socket);
    await marking.reachedBy(first);
    const markingToo = world.tap.hold('connections.markReady');
    const second = hello(world, socket);
    await markingToo.reachedBy(second);
    const retryAt = world.clock.at + 60_000;
    await world.deps.connections.markClosing(socket.connectionId, { retryAt, how: 'gone' });
    await world.deps.connections.remove(socket.connectionId);
    marking.release();
    await first;
    markingToo.release();
    await second;
    expect(world.robot()).toMatchObject({ state: 'away' });
  });
});

describe('I4: two hellos of one client at once, the first of which fails', () => {
  it('leave the connection ready that the second has taken the client to', async () => {
    const world = newWorld();
    const old = await welcomed(world, operator1, { name: 'A' });
    const resume = keyOf(world, old);
    const socket = await connected(world, operator1, { name: 'B' });
    const reading = world.tap.hold('revocations.of');
    const second = hello(world, socket, { resume });
    await reading.reachedBy(second);
    const undoing = world.tap.hold('connections.unmarkReady');
    world.tap.fail('post welcome to B');
    const first = hello(world, socket, { resume }).catch(() => undefined);
    await undoing.reachedBy(first);
    reading.release();
    granted(await second);
    undoing.release();
    await first;
    expect(world.connection(socket)).toMatchObject({ state: 'ready', client: { clientId: 'client-1' } });
  });
});

describe('I3: a client that is lost while its only session is ended', () => {
  it('leaves nothing to come back to', async () => {
    const { world, sessionId } = await pair();
    const removing = world.tap.hold('clients.removeSession');
    const caller = robot;
    const closing = closeSession(world.deps, { caller, robotId: roverId, sessionId, reason: 'closed' });
    await removing.reachedBy(closing);
    await lose(world, a);
    removing.release();
    await closing;
    expect(world.state.clients.size).toBe(0);
  });
});

describe('I3: a client whose next connection cannot be welcomed', () => {
  async function failing() {
    const { world, sessionId, key } = await pair();
    await connected(world, operator1, { name: 'B' });
    const welcoming = world.tap.hold('post welcome to B');
    world.tap.fail('post welcome to B');
    return { world, sessionId, welcoming, saying: () => hello(world, b, { resume: key }).catch(() => {}) };
  }

  it('is not told that a session is over which is being opened', async () => {
    const { world, welcoming, saying } = await failing();
    const writing = world.tap.hold('sessions.create');
    const opening = open(world, a, { mode: 'view' });
    await writing.reachedBy(opening);
    const helloing = saying();
    await welcoming.reachedBy(helloing);
    welcoming.release();
    await helloing;
    writing.release();
    const { sessionId } = granted(await opening);
    expect(world.session(sessionId)).toMatchObject({ socket: a });
    expect(sent(world, a, 'sessionClosed')).toEqual([]);
  });

  it('is told of one that ended meanwhile, of which only that connection heard', async () => {
    const { world, sessionId, welcoming, saying } = await failing();
    const helloing = saying();
    await welcoming.reachedBy(helloing);
    await closeSession(world.deps, { caller: robot, robotId: roverId, sessionId, reason: 'closed' });
    welcoming.release();
    await helloing;
    expect(sent(world, a, 'sessionClosed')).toMatchObject([{ sessionId }]);
  });
});

describe('I3: a session that ends while a welcome names it', () => {
  const end = (world: World, caller: typeof a, sessionId: Awaited<ReturnType<typeof pair>>['sessionId']) =>
    closeSession(world.deps, { caller, robotId: roverId, sessionId, reason: 'closed' });

  it('is told as ended to the client that is welcomed', async () => {
    const { world, sessionId, key } = await pair();
    await connected(world, operator1, { name: 'B' });
    const welcoming = world.tap.hold('post welcome to B');
    const helloing = hello(world, b, { resume: key });
    await welcoming.reachedBy(helloing);
    await end(world, robot, sessionId);
    welcoming.release();
    await helloing;
    expect(world.gateway.to(b).at(-1)).toMatchObject({ type: 'sessionClosed', sessionId });
  });

  it('is told as ended to the robot that is welcomed', async () => {
    const { world, sessionId } = await pair();
    const socket = await connected(world, rover1, { name: 'robot-2' });
    const welcoming = world.tap.hold('post welcome to robot-2');
    const helloing = hello(world, socket, { resume: true });
    await welcoming.reachedBy(helloing);
    await end(world, a, sessionId);
    welcoming.release();
    await helloing;
    const [welcome, ...later] = world.gateway
      .to(socket)
      .map(({ type }) => type)
      .slice(-3);
    expect(welcome).toBe('welcome');
    expect(later).toContain('sessionClosed');
  });
});

describe('I3: a session that is opened with a robot', () => {
  async function opening(step: string) {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    const client = await welcomed(world, operator1, { name: 'A' });
    const held = world.tap.hold(step);
    const asking = open(world, client);
    await held.reachedBy(asking);
    return { world, client, held, asking };
  }

  it('and lost before the robot is asked for it: the robot hears last that its client is away', async () => {
    const { world, client, held, asking } = await opening('post sessionRequested to robot');
    await disconnect(world.deps, client);
    held.release();
    await asking;
    expect(world.gateway.to(robot).at(-1)).toMatchObject({ type: 'peerAway' });
  });

  it('and ended before the robot is asked for it: the robot hears last that it is over', async () => {
    const { world, client, held, asking } = await opening('post sessionRequested to robot');
    await bye(world.deps, { caller: client, signOut: false });
    held.release();
    expect(codeOf(await asking)).toBe('unavailable');
    expect(world.gateway.to(robot).at(-1)).toMatchObject({ type: 'sessionClosed' });
  });

  it('whose hello then fails: the client hears that the robot is away', async () => {
    const world = newWorld();
    const old = await welcomed(world, rover1, { name: 'robot' });
    const client = await welcomed(world, operator1, { name: 'A' });
    await opened(world, client);
    await lose(world, old);
    const socket = await connected(world, rover1, { name: 'robot-2' });
    const welcoming = world.tap.hold('post welcome to robot-2');
    const helloing = hello(world, socket, { resume: true }).catch(() => undefined);
    await welcoming.reachedBy(helloing);
    const { sessionId } = await opened(world, client, { mode: 'view' });
    world.gateway.drop(socket);
    welcoming.release();
    await helloing;
    expect(sent(world, client, 'peerAway').at(-1)).toMatchObject({ sessionId });
  });
});

describe('I3: a client that comes back twice at once, and is welcomed by neither', () => {
  it('is with the first, and the robot knows, though that has never been able to say so', async () => {
    const { world, key, sessionId } = await pair();
    await lose(world, a);
    const first = await connected(world, operator1, { name: 'B' });
    const second = await connected(world, operator1, { name: 'C' });
    const welcoming = world.tap.hold('post welcome to B');
    world.tap.fail('post welcome to B');
    world.tap.fail('post welcome to C');
    const failing = hello(world, first, { resume: key }).catch(() => undefined);
    await welcoming.reachedBy(failing);
    const held = world.tap.hold('post welcome to C');
    const failingToo = hello(world, second, { resume: key }).catch(() => undefined);
    await held.reachedBy(failingToo);
    welcoming.release();
    await failing;
    held.release();
    await failingToo;
    expect(world.session(sessionId)).toMatchObject({ socket: first });
    expect(world.gateway.to(robot).at(-1)).toMatchObject({ type: 'peerBack', sessionId });
  });
});

describe('I3: a client that comes back while its loss is told, and cannot be welcomed', () => {
  it('is away, and that is the last that the robot hears', async () => {
    const { world, key, sessionId } = await pair();
    world.gateway.drop(a);
    const telling = world.tap.hold('post peerAway to robot');
    const leaving = disconnect(world.deps, a);
    await telling.reachedBy(leaving);
    const socket = await connected(world, operator1, { name: 'B' });
    const welcoming = world.tap.hold('post welcome to B');
    const helloing = hello(world, socket, { resume: key });
    await welcoming.reachedBy(helloing);
    telling.release();
    await leaving;
    expect(world.gateway.to(robot).at(-1)).toMatchObject({ type: 'peerBack' });
    world.gateway.drop(socket);
    welcoming.release();
    await helloing;
    expect(world.session(sessionId)?.socket).toBeUndefined();
    expect(world.gateway.to(robot).at(-1)).toMatchObject({ type: 'peerAway', sessionId });
  });
});

describe('I3: a client that could not be welcomed, and whose connection says hello no more', () => {
  it('may come back by another until its window ends', async () => {
    const { world, key, sessionId } = await pair();
    await lose(world, a);
    await connected(world, operator1, { name: 'B' });
    world.tap.fail('post welcome to B');
    await expect(hello(world, b, { resume: key })).rejects.toThrow('unavailable');
    world.pass(world.policy.helloWithinMs);
    await cleanUp(world);
    expect(world.state.connections.has(b.connectionId)).toBe(false);
    await back(world, { name: 'C', resume: key });
    expect(sent(world, c, 'welcome')).toMatchObject([{ resumed: true, sessions: [{ sessionId }] }]);
  });
});
