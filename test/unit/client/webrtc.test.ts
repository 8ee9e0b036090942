import { describe, expect, it } from 'vitest';
import type { Session, SessionEvents } from '../../../client/src/endpoints/session.ts';
import { createEmitter } from '../../../client/src/environment/events.ts';
import { silentLogger } from '../../../client/src/environment/logger.ts';
import { connectPeer } from '../../../client/src/webrtc/connect-peer.ts';
import type { RelayedSignal, SignalKind } from '../../../client/src/wire/messages.ts';
import { createFakeClock, type FakeClock } from './support/fake-clock.ts';
import { FakePeer } from './support/fake-peer.ts';

function side(clock: FakeClock, role: 'robot' | 'operator', options: { canRestartIce?: boolean } = {}) {
  const emitter = createEmitter<SessionEvents>(silentLogger);
  const sent: { kind: SignalKind; data?: unknown }[] = [];
  const failures: string[] = [];
  let wake = () => {};
  let isOpen = true;
  let renewed = 0;
  const session: Session = {
    sessionId: 's',
    robotId: 'rover-1',
    iceServers: [{ urls: ['turn:turn.example'], username: 'u', credential: 'old' }],
    renewIceServers: async () => {
      renewed += 1;
      if (renewed === 1) throw new Error('not now');
      return [{ urls: ['turn:turn.example'], username: 'u', credential: 'new' }];
    },
    on: emitter.on,
    mode: () => 'control',
    isOpen: () => isOpen,
    send: (kind, data) => sent.push({ kind, data }),
    close: () => {
      isOpen = false;
    },
  };
  const connection = new FakePeer(role);
  const peer = connectPeer(session, {
    connection,
    role,
    clock,
    ...options,
    onFailed: (why) => failures.push(why),
    page: {
      isOffline: () => false,
      onWake: (act) => {
        wake = act;
        return () => {
          wake = () => {};
        };
      },
    },
  });
  const take = (kind: SignalKind, data?: unknown) =>
    emitter.emit('signal', {
      type: 'signal',
      sessionId: 's',
      robotId: 'rover-1',
      from: 'client',
      seq: 1,
      kind,
      data,
      leaseEpoch: 0,
    } satisfies RelayedSignal);
  return { connection, peer, sent, failures, take, emit: emitter.emit, wake: () => wake() };
}

function pair(robotOptions: { canRestartIce?: boolean } = {}) {
  const clock = createFakeClock();
  const robot = side(clock, 'robot', robotOptions);
  const operator = side(clock, 'operator');
  /** Carries what both have sent to the other side, until nobody says anything more. */
  async function exchange() {
    for (let round = 0; round < 20; round += 1) {
      await clock.settle();
      const [up, down] = [operator.sent.splice(0), robot.sent.splice(0)];
      if (up.length + down.length === 0) return;
      for (const { kind, data } of up) robot.take(kind, data);
      for (const { kind, data } of down) operator.take(kind, data);
    }
    throw new Error('They never come to an end.');
  }
  return { clock, robot, operator, exchange };
}

async function negotiated(robotOptions: { canRestartIce?: boolean } = {}) {
  const made = pair(robotOptions);
  made.operator.connection.needNegotiation();
  await made.exchange();
  return made;
}

describe('negotiation', () => {
  it('the operator offers, the robot answers', async () => {
    const { robot, operator } = await negotiated();
    expect(operator.connection.did).toEqual([
      'local offer 1 of operator',
      'remote answer of robot to offer 1 of operator',
    ]);
    expect(robot.connection.signalingState).toBe('stable');
  });

  it('the robot does not offer first; what it wanted follows the operator’s offer', async () => {
    const { clock, robot, operator, exchange } = pair();
    robot.connection.needNegotiation();
    await clock.settle();
    expect(robot.sent).toEqual([]);
    operator.connection.needNegotiation();
    await exchange();
    expect(operator.connection.did.at(-2)).toBe('remote offer 1 of robot');
    expect([robot.connection.signalingState, operator.connection.signalingState]).toEqual([
      'stable',
      'stable',
    ]);
  });

  it('when both offer at once the robot’s holds, and the operator’s is rolled back', async () => {
    const { clock, robot, operator, exchange } = await negotiated();
    robot.connection.needNegotiation();
    operator.connection.needNegotiation();
    await clock.settle();
    await exchange();
    expect(operator.connection.did).toContain('rollback');
    expect(robot.connection.did).not.toContain('rollback');
    expect(robot.connection.did.at(-1)).toBe('remote answer of operator to offer 1 of robot');
    expect([robot.connection.signalingState, operator.connection.signalingState]).toEqual([
      'stable',
      'stable',
    ]);
    expect([...robot.failures, ...operator.failures]).toEqual([]);
  });

  it.each([undefined, null, 'text', {}, { sdp: '' }, { sdp: 7 }, { sdp: 'bad' }])(
    'a description that cannot be used is a failure: %j',
    async (data) => {
      const clock = createFakeClock();
      const { take, failures } = side(clock, 'robot');
      take('offer', data);
      await clock.settle();
      expect(failures).toEqual(['unusable_description']);
    },
  );

  it('an answer that nobody waits for is dropped', async () => {
    const { clock, operator } = await negotiated();
    operator.take('answer', { type: 'answer', sdp: 'late' });
    await clock.settle();
    expect(operator.failures).toEqual([]);
  });
});

describe('candidates', () => {
  it('travel in batches, each with its end, and not before their description', async () => {
    const { clock, operator } = pair();
    operator.connection.needNegotiation();
    await clock.settle();
    for (const name of ['a', 'b', 'c']) operator.connection.find(name);
    expect(operator.sent.map(({ kind }) => kind)).toEqual(['offer']);
    await clock.advance(50);
    operator.connection.find('d');
    operator.connection.find(null);
    expect(operator.sent.slice(1)).toEqual([
      { kind: 'candidate', data: ['a', 'b', 'c'].map((candidate) => ({ candidate, sdpMid: '0' })) },
      { kind: 'candidate', data: [{ candidate: 'd', sdpMid: '0' }] },
      { kind: 'candidatesEnd', data: undefined },
    ]);
    operator.sent.length = 0;
    for (let i = 0; i < 45; i += 1) operator.connection.find(`c${i}`);
    await clock.advance(50);
    expect(operator.sent.map(({ data }) => (data as unknown[]).length)).toEqual([20, 20, 5]);
  });

  it('that come before the description are held, bad ones do not spoil the others', async () => {
    const clock = createFakeClock();
    const { take, connection, failures } = side(clock, 'robot');
    take('candidate', [{ candidate: 'a', sdpMid: '0' }, { candidate: 'bad' }, { candidate: '' }, 7, null]);
    take('candidate', { candidate: 'b', sdpMLineIndex: 0 });
    await clock.settle();
    expect(connection.candidates).toEqual([]);
    take('offer', { type: 'offer', sdp: 'x' });
    await clock.settle();
    expect(connection.candidates.map(({ candidate }) => candidate)).toEqual(['a', 'b']);
    take('candidatesEnd');
    take('custom', { any: 'thing' });
    await clock.settle();
    expect(failures).toEqual([]);
  });
});

describe('mending', () => {
  async function connected() {
    const made = await negotiated();
    for (const { connection } of [made.robot, made.operator]) connection.become('connected');
    return made;
  }

  it('a path that is down for 3 s is negotiated anew, one that comes back by itself is not', async () => {
    const { clock, operator } = await connected();
    operator.connection.become('disconnected');
    await clock.advance(2_000);
    operator.connection.become('connected');
    await clock.advance(10_000);
    expect(operator.connection.restarts).toBe(0);
    operator.connection.become('disconnected');
    await clock.advance(3_000);
    expect(operator.connection.restarts).toBe(1);
    operator.connection.become('failed');
    expect(operator.failures).toEqual(['no_path']);
  });

  it('the robot asks the operator for it', async () => {
    const { robot, operator, exchange } = await connected();
    robot.connection.become('failed');
    expect(robot.sent).toEqual([{ kind: 'restart', data: undefined }]);
    await exchange();
    expect(operator.connection.restarts).toBe(1);
    expect(robot.connection.did.at(-1)).toContain('offer 2 of operator');
  });

  it.each(['resumed', 'peerBack'] as const)(
    'on %s, and when the page wakes, where there is no path',
    async (event) => {
      const { operator } = await connected();
      operator.emit(event, undefined);
      operator.wake();
      expect(operator.connection.restarts).toBe(0);
      operator.connection.connectionState = 'disconnected';
      operator.emit(event, undefined);
      expect(operator.connection.restarts).toBe(1);
      operator.wake();
      expect(operator.connection.restarts).toBe(2);
    },
  );

  it('when signals were given up', async () => {
    const { operator } = await connected();
    operator.emit('lost', { direction: 'received', from: 1, to: 1, isGivenUp: false });
    expect(operator.connection.restarts).toBe(0);
    operator.emit('lost', { direction: 'received', from: 1, to: 1, isGivenUp: true });
    expect(operator.connection.restarts).toBe(1);
  });

  it('has new TURN credentials when the old may have run out; a failure to get them stops nothing', async () => {
    const { clock, operator, exchange } = await connected();
    operator.peer.restart();
    await exchange();
    expect(operator.connection.configuration).toEqual({ iceTransportPolicy: 'relay' });
    await clock.advance(31 * 60_000);
    operator.peer.restart();
    await exchange();
    expect(operator.connection.configuration).not.toHaveProperty('iceServers');
    operator.peer.restart();
    await exchange();
    expect(operator.connection.configuration).toMatchObject({
      iceTransportPolicy: 'relay',
      iceServers: [{ credential: 'new' }],
    });
    expect(operator.connection.did.at(-1)).toContain('offer 4 of operator');
  });

  it('ends with the session: nothing is heard, said or timed any more', async () => {
    const { clock, operator } = await connected();
    operator.connection.become('disconnected');
    operator.connection.find('a');
    operator.emit('closed', 'closed');
    expect(operator.connection.isClosed).toBe(true);
    operator.take('offer', { sdp: 'x' });
    operator.wake();
    await clock.advance(60_000);
    expect(operator.sent).toEqual([]);
    expect(operator.connection.restarts).toBe(0);
    expect(clock.timers()).toBe(0);
  });
});

describe('a connection that finds no path by an ICE restart', () => {
  async function connected() {
    const made = await negotiated({ canRestartIce: false });
    made.robot.connection.become('connected');
    return made;
  }

  it('asks for none: a path that is lost is told at once, and once', async () => {
    const { clock, robot } = await connected();
    robot.connection.become('disconnected');
    robot.emit('peerBack', undefined);
    await clock.advance(2_900);
    expect(robot.failures).toEqual([]);
    await clock.advance(100);
    expect(robot.failures).toEqual(['no_path']);
    robot.connection.become('failed');
    robot.emit('resumed', undefined);
    robot.peer.restart();
    expect(robot.failures).toEqual(['no_path']);
    expect(robot.sent.filter(({ kind }) => kind === 'restart')).toEqual([]);
    expect(robot.connection.restarts).toBe(0);
  });

  it('does none for the other side: an offer with new ICE credentials is not applied, nor its candidates', async () => {
    const clock = createFakeClock();
    const { connection, failures, sent, take } = side(clock, 'robot', { canRestartIce: false });
    const offer = (user: string) => ({ type: 'offer', sdp: `v=0\r\na=ice-ufrag:${user}\r\n` });
    take('offer', offer('one'));
    await clock.settle();
    take('offer', offer('one'));
    await clock.settle();
    expect(sent.map(({ kind }) => kind)).toEqual(['answer', 'answer']);
    take('offer', offer('two'));
    take('candidate', { candidate: 'a' });
    await clock.settle();
    expect(failures).toEqual(['no_path']);
    expect(sent).toHaveLength(2);
    expect(connection.candidates).toEqual([]);
  });

  it('keeps a path that holds when signals were given up, and gives up one that never was', async () => {
    const { robot, operator } = await connected();
    const lost = { direction: 'received', from: 1, to: 1, isGivenUp: true } as const;
    robot.emit('lost', lost);
    expect(robot.failures).toEqual([]);
    operator.emit('lost', lost);
    expect(operator.connection.restarts).toBe(1);
    const before = side(createFakeClock(), 'robot', { canRestartIce: false });
    before.emit('lost', lost);
    expect(before.failures).toEqual(['no_path']);
  });
});
