import { describe, expect, it } from 'vitest';
import { createOperatorEndpoint } from '../../../client/src/endpoints/operator-endpoint.ts';
import { SessionEnded } from '../../../client/src/errors.ts';
import type { Message } from '../../../client/src/wire/messages.ts';
import { askedRobot, entry, requested, signal } from './support/asked-robot.ts';
import { robotWelcome } from './support/fake-server.ts';
import { type Scene, scene } from './support/started-client.ts';

describe('RobotEndpoint', () => {
  it('asks once for each session, and hears its signals in order, also those that came first', async () => {
    const { clock, server, sessions, heard, endpoint } = await askedRobot();
    server.socket().say(signal(2));
    server.socket().say(signal(1));
    server.socket().say(requested);
    server.socket().say(requested);
    await clock.settle();
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({
      sessionId: 's',
      robotId: 'rover-1',
      iceServers: requested.iceServers,
    });
    expect(heard).toEqual([1, 2]);
    expect(endpoint.control()).toEqual({ sessionId: 's', leaseEpoch: 3 });
    sessions[0]?.send('answer', { sdp: '' });
    expect(server.socket().lastOf('signal')).toMatchObject({ sessionId: 's', robotId: 'rover-1', seq: 1 });
  });

  it.each([
    { verdict: () => 'refuse' as const, reason: 'refused' },
    { verdict: () => 'busy' as const, reason: 'busy' },
    {
      verdict: () => {
        throw new Error('camera is off');
      },
      reason: 'refused',
    },
    { verdict: () => Promise.reject(new Error('later')), reason: 'refused' },
  ])('refuses with $reason', async ({ verdict, reason }) => {
    const { clock, server, ends, endpoint } = await askedRobot(verdict);
    server.socket().say(requested);
    await clock.settle();
    expect(server.socket().lastOf('closeSession')).toMatchObject({
      sessionId: 's',
      robotId: 'rover-1',
      reason,
    });
    expect(ends).toEqual([reason]);
    expect(endpoint.sessions()).toEqual([]);
  });

  it('a session whose request was lost is served all the same', async () => {
    const { clock, server, sessions } = await askedRobot();
    server.welcome = { ...robotWelcome, sessions: [entry] };
    server.socket().cut();
    await clock.advance(20_000);
    const { requestId = '' } = server.socket().lastOf('getIceServers');
    server.socket().say({ type: 'iceServers', requestId, iceServers: [], expiresAt: 1 });
    await clock.settle();
    expect(sessions).toHaveLength(1);
  });

  it.each(['before', 'after'])(
    'a request for a session that ended %s it is served at most once',
    async (when) => {
      const { clock, server, sessions, ends, endpoint } = await askedRobot();
      const closed = { type: 'sessionClosed', sessionId: 's', reason: 'closed' } as const;
      const heard =
        when === 'before' ? [closed, requested, requested] : [requested, closed, requested, requested];
      for (const message of heard) {
        server.socket().say(message);
      }
      await clock.settle();
      expect(sessions).toHaveLength(when === 'before' ? 0 : 1);
      expect(ends).toEqual(when === 'before' ? [] : ['closed']);
      expect(endpoint.sessions()).toEqual([]);
    },
  );

  it('I3: the end of one session, or of the connection, leaves the others alone', async () => {
    const { clock, server, sessions, ends, heard } = await askedRobot();
    server.socket().say(requested);
    server.socket().say({ ...requested, sessionId: 't', mode: 'view', controller: 's' });
    server.socket().say({ type: 'sessionClosed', sessionId: 't', reason: 'closed' });
    await clock.settle();
    expect(ends).toEqual(['closed']);
    server.welcome = { ...robotWelcome, sessions: [entry] };
    server.socket().cut();
    await clock.advance(2_000);
    server.socket().say(signal(1));
    expect(heard).toEqual([1]);
    expect(sessions[0]?.isOpen()).toBe(true);
    // A late signal of the ended one does not bring it back.
    server.socket().say({ ...signal(1), sessionId: 't' });
    await clock.settle();
    expect(sessions).toHaveLength(2);
  });

  it('I7: follows who has control, and no older lease', async () => {
    const { clock, server, sessions, endpoint } = await askedRobot();
    server.socket().say(requested);
    await clock.settle();
    const modes: string[] = [];
    sessions[0]?.on('mode', (mode) => modes.push(mode));
    server.socket().say({ type: 'controlChanged', robotId: 'rover-1', sessionId: 't', leaseEpoch: 5 });
    expect(endpoint.control()).toMatchObject({ sessionId: 't', leaseEpoch: 5 });
    server.socket().say({ type: 'controlChanged', robotId: 'rover-1', sessionId: 's', leaseEpoch: 4 });
    expect(endpoint.control()).toMatchObject({ sessionId: 't', leaseEpoch: 5 });
    expect(modes).toEqual(['view']);
  });

  it('I7: a request that comes after a later word about control does not change it', async () => {
    const { clock, server, sessions, endpoint } = await askedRobot();
    server.socket().say({ type: 'controlChanged', robotId: 'rover-1', sessionId: 't', leaseEpoch: 5 });
    server.socket().say(requested);
    await clock.settle();
    expect(endpoint.control()).toEqual({ sessionId: 't', leaseEpoch: 5 });
    expect(sessions[0]?.mode()).toBe('view');
    server.socket().say({ type: 'controlChanged', robotId: 'rover-1', sessionId: 's', leaseEpoch: 6 });
    expect(sessions[0]?.mode()).toBe('control');
  });

  it('closing the client ends every session', async () => {
    const { client, clock, server, ends } = await askedRobot();
    server.socket().say(requested);
    await clock.settle();
    client.close();
    expect(ends).toEqual(['client_closed']);
    await clock.advance(2_000);
    expect(clock.timers()).toBe(0);
  });
});

async function operator() {
  const made = scene();
  const endpoint = createOperatorEndpoint(made.client, { clock: made.clock });
  made.client.start();
  await made.clock.advance(1);
  return { ...made, endpoint };
}

function answer(
  made: Scene,
  message: Record<string, unknown>,
  to: Parameters<ReturnType<Scene['server']['socket']>['lastOf']>[0],
) {
  const { requestId } = made.server.socket().lastOf(to) as { requestId?: string };
  made.server.socket().sayRaw(JSON.stringify({ ...message, requestId }));
}

const sessionOpened = {
  type: 'sessionOpened',
  sessionId: 's',
  robotId: 'rover-1',
  mode: 'control',
  state: 'open',
  controller: 's',
  leaseEpoch: 1,
  iceServers: [],
};

async function opened() {
  const made = await operator();
  const opening = made.endpoint.open('rover-1', 'control');
  answer(made, sessionOpened, 'openSession');
  const session = await opening;
  const ends: unknown[] = [];
  session.on('closed', (why) => ends.push(why));
  await made.clock.settle();
  return { ...made, session, ends };
}

describe('OperatorEndpoint', () => {
  it('lists all pages', async () => {
    const made = await operator();
    const page = (robotId: string) => [{ robotId, state: 'online', fleets: [], controlled: false }];
    const listing = made.endpoint.list();
    answer(made, { type: 'robots', robots: page('a'), cursor: 'next' }, 'listRobots');
    await made.clock.settle();
    expect(made.server.socket().lastOf('listRobots')).toMatchObject({ cursor: 'next' });
    answer(made, { type: 'robots', robots: page('b') }, 'listRobots');
    expect((await listing).map(({ robotId }) => robotId)).toEqual(['a', 'b']);
  });

  it('watches over reconnects, and the later of two that overtake each other holds', async () => {
    const made = await operator();
    const heard: string[] = [];
    const starting = made.endpoint.watch(({ state }) => heard.push(state), ['rover-1']);
    answer(made, { type: 'watching' }, 'watchRobots');
    const stop = await starting;
    const status = (state: 'online' | 'away', sinceAt: number) =>
      made.server.socket().say({ type: 'robotStatus', robotId: 'rover-1', state, sinceAt });
    status('online', 5);
    status('away', 3);
    made.server.socket().cut();
    await made.clock.advance(1_000);
    expect(made.server.socket().lastOf('watchRobots')).toMatchObject({ robotIds: ['rover-1'] });
    status('away', 7);
    stop();
    status('online', 9);
    expect(heard).toEqual(['online', 'away']);
  });

  it('who watches is told who controls, since when, and when nobody does', async () => {
    const made = await operator();
    const heard: unknown[] = [];
    const starting = made.endpoint.watch(({ controlledBy }) => heard.push(controlledBy));
    answer(made, { type: 'watching' }, 'watchRobots');
    await starting;
    const holder = { clientId: 'c', userName: 'operator-2', sinceAt: 7 };
    const status = { type: 'robotStatus', robotId: 'rover-1', state: 'online', sinceAt: 5 } as const;
    made.server.socket().say({ ...status, controlledBy: holder });
    made.server.socket().say(status);
    expect(heard).toEqual([holder, undefined]);
  });

  it('an offer without an answer within 10 s ends the session, and says so', async () => {
    const { clock, server, session, ends } = await opened();
    session.send('offer', { type: 'offer', sdp: '' });
    await clock.advance(9_999);
    expect(ends).toEqual([]);
    await clock.advance(1);
    expect(ends).toEqual(['no_answer']);
    expect(server.socket().lastOf('closeSession')).toMatchObject({ sessionId: 's' });
    expect(() => session.send('offer')).toThrow('ended');
  });

  it('an answer in time, and a robot that is away meanwhile', async () => {
    const { clock, server, session, ends } = await opened();
    session.send('offer');
    server.socket().say({ type: 'peerAway', sessionId: 's', resumeEndsAt: 1 });
    await clock.advance(60_000);
    server.socket().say({ type: 'peerBack', sessionId: 's', received: 0 });
    expect(server.socket().heard.filter(({ action }) => action === 'signal')).toHaveLength(2);
    await clock.advance(5_000);
    server.socket().say({ ...signal(1, 'answer'), from: 'robot' });
    await clock.advance(60_000);
    expect(ends).toEqual([]);
  });

  it('control: asks, hands over, gives back; and is told when somebody else asks', async () => {
    const made = await opened();
    const { server, session } = made;
    const asked: string[] = [];
    const modes: string[] = [];
    session.on('controlRequested', ({ sessionId }) => asked.push(sessionId));
    session.on('mode', (mode) => modes.push(mode));
    server.socket().say({ type: 'controlRequested', sessionId: 't', clientId: 'd' });
    expect(asked).toEqual(['t']);
    const granting = session.grantControl('t');
    answer(
      made,
      { type: 'controlChanged', robotId: 'rover-1', sessionId: 't', leaseEpoch: 2 },
      'grantControl',
    );
    await granting;
    expect(session.mode()).toBe('view');
    const requesting = session.requestControl();
    answer(
      made,
      { type: 'error', code: 'control_held', message: 'held', retryable: false },
      'requestControl',
    );
    await expect(requesting).rejects.toMatchObject({ code: 'control_held' });
    server.socket().say({ type: 'controlChanged', robotId: 'rover-1', sessionId: 's', leaseEpoch: 3 });
    expect(modes).toEqual(['view', 'control']);
  });

  it('I7: control that changed before the answer to its opening arrived has changed', async () => {
    const made = await operator();
    const opening = made.endpoint.open('rover-1', 'control');
    made.server.socket().say({ type: 'controlChanged', robotId: 'rover-1', sessionId: 't', leaseEpoch: 2 });
    answer(made, sessionOpened, 'openSession');
    expect((await opening).mode()).toBe('view');
  });

  describe('what the server says around the answer to the opening, in either order', () => {
    const closed = { type: 'sessionClosed', sessionId: 's', reason: 'refused' } as const;

    async function openedAmid(before: Message<'sessionClosed' | 'signal'>[], after: typeof before) {
      const made = await operator();
      const opening = made.endpoint.open('rover-1', 'control');
      for (const message of before) made.server.socket().say(message);
      answer(made, sessionOpened, 'openSession');
      // In the same packet: nobody has had the chance to listen yet.
      for (const message of after) made.server.socket().say(message);
      const session = await opening;
      const heard: unknown[] = [];
      session.on('signal', ({ data }) => heard.push(data));
      session.on('closed', (why) => heard.push(why));
      await made.clock.settle();
      return { ...made, session, heard };
    }

    it.each([
      { when: 'before it', before: [closed], after: [] },
      { when: 'with it', before: [], after: [closed] },
      { when: 'twice', before: [closed], after: [closed] },
    ])('its end $when is told once', async ({ before, after }) => {
      const { session, heard, endpoint } = await openedAmid(before, after);
      expect(heard).toEqual(['refused']);
      expect(session.isOpen()).toBe(false);
      expect(endpoint.sessions()).toEqual([]);
      expect(() => session.send('offer', {})).toThrow(SessionEnded);
    });

    it.each([
      { when: 'before it', before: [signal(1), signal(2)], after: [] },
      { when: 'with it', before: [], after: [signal(1), signal(2)] },
      { when: 'around it', before: [signal(2)], after: [signal(1)] },
    ])('signals that come $when are heard, once and in order', async ({ before, after }) => {
      const { server, heard } = await openedAmid(before, after);
      server.socket().say(signal(2));
      server.socket().say(signal(3));
      expect(heard).toEqual([1, 2, 3]);
    });
  });

  it('who listens later, after work of its own, misses neither signals nor the end', async () => {
    const made = await operator();
    const opening = made.endpoint.open('rover-1', 'control');
    answer(made, sessionOpened, 'openSession');
    const session = await opening;
    made.server.socket().say(signal(1));
    made.server.socket().say({ type: 'sessionClosed', sessionId: 's', reason: 'refused' });
    await made.clock.advance(1_000);
    const heard: unknown[] = [];
    const stop = session.on('closed', () => heard.push('not this one'));
    stop();
    session.on('signal', ({ data }) => heard.push(data));
    session.on('closed', (why) => heard.push(why));
    await made.clock.settle();
    expect(heard).toEqual([1, 'refused']);
  });

  it('a session that ended while this side was away is told', async () => {
    const { clock, server, ends } = await opened();
    server.socket().cut();
    await clock.advance(1_000);
    expect(ends).toEqual(['gone']);
  });
});
