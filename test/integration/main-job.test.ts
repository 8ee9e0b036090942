import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { connectAs, enterAs, openPair } from './support/raw-client.ts';
import { target } from './support/target.ts';

/** What a plain WebSocket client does by the reference page alone. */
describe('a robot and a client, from hello to bye', () => {
  it('greets each with who it is and every time it must keep', async () => {
    const to = await target();
    const robot = await enterAs(to, 'rover-1');
    const client = await enterAs(to, 'operator-1');
    expect(robot.welcome).toMatchObject({ kind: 'robot', robotId: 'rover-1', resumed: false, sessions: [] });
    expect(client.welcome).toMatchObject({
      kind: 'client',
      groups: expect.arrayContaining(['operators', 'fleet:demo']),
    });
    expect(client.welcome.clientId).toBeTruthy();
    expect(client.welcome.robotId).toBeUndefined();
    expect(client.welcome.refreshAt).toBeLessThan(client.welcome.tokenExpiresAt);
    expect(client.welcome.policy.maxMessageBytes).toBe(30 * 1024);
    await Promise.all([robot.client.close(), client.client.close()]);
  });

  it('lists the robots of the fleets that are shared, and no others', async () => {
    const to = await target();
    const robot = await enterAs(to, 'rover-1');
    const operator = await enterAs(to, 'operator-1');
    const stranger = await enterAs(to, 'operator-9');
    const admin = await enterAs(to, 'admin-1');

    const seen = await operator.client.ask('listRobots', 'robots');
    expect(seen.robots).toContainEqual({
      robotId: 'rover-1',
      state: 'online',
      fleets: ['demo'],
      sinceAt: expect.any(Number),
      controlled: false,
    });
    expect((await stranger.client.ask('listRobots', 'robots')).robots).toEqual([]);
    expect((await admin.client.ask('listRobots', 'robots')).robots.map(({ robotId }) => robotId)).toContain(
      'rover-1',
    );
    expect(await robot.client.request('listRobots')).toMatchObject({ type: 'error', code: 'forbidden' });
    await Promise.all([robot, operator, stranger, admin].map(({ client }) => client.close()));
  });

  it('relays signals both ways, each with its side, seq, kind and data, and acknowledges on request', async () => {
    const to = await target();
    const { robot, client, key, opened, requested, welcomes } = await openPair(to, {
      robot: 'rover-1',
      client: 'operator-1',
    });
    expect(opened).toMatchObject({ mode: 'control', state: 'open', controller: opened.sessionId });
    expect(requested).toMatchObject({ clientId: welcomes.client.clientId, mode: 'control' });

    const sdp = `v=0 ${randomUUID()}`;
    const ack = await client.ask('signal', 'signalAck', {
      ...key,
      seq: 1,
      kind: 'offer',
      data: { type: 'offer', sdp },
    });
    expect(ack).toMatchObject({ sessionId: key.sessionId, seq: 1 });
    expect(await robot.nextOf('signal')).toEqual({
      type: 'signal',
      ...key,
      from: 'client',
      seq: 1,
      kind: 'offer',
      data: { type: 'offer', sdp },
      leaseEpoch: opened.leaseEpoch,
    });

    robot.send({ action: 'signal', ...key, seq: 1, kind: 'answer', data: { sdp: 'answer' } });
    robot.send({
      action: 'signal',
      ...key,
      seq: 2,
      kind: 'candidate',
      data: [{ candidate: 'a' }, { candidate: 'b' }],
    });
    robot.send({ action: 'signal', ...key, seq: 3, kind: 'candidatesEnd' });
    for (const seq of [1, 2, 3]) {
      expect(await client.nextOf('signal', (signal) => signal.seq === seq)).toMatchObject({
        from: 'robot',
        seq,
      });
    }
    // Without a requestId a signal is answered by nothing: the only answers so far are those asked for.
    expect(robot.received.filter(({ type }) => type === 'signalAck' || type === 'error')).toEqual([]);
    await Promise.all([robot.close(), client.close()]);
  });

  it('gives the same session to an openSession that is repeated with its requestId', async () => {
    const to = await target();
    const robot = await enterAs(to, 'rover-1');
    const { client } = await enterAs(to, 'operator-1');
    const again = { robotId: 'rover-1', mode: 'control', requestId: randomUUID() };
    const first = await client.ask('openSession', 'sessionOpened', again);
    const second = await client.ask('openSession', 'sessionOpened', again);
    expect(second).toEqual(first);
    const other = await client.ask('openSession', 'sessionOpened', { robotId: 'rover-1', mode: 'view' });
    expect(other.sessionId).not.toBe(first.sessionId);
    await Promise.all([robot.client.close(), client.close()]);
  });

  it('gives control to one and view to the next; viewers never control', async () => {
    const to = await target();
    const { robot, client, opened } = await openPair(to, { robot: 'rover-1', client: 'operator-1' });
    const second = await enterAs(to, 'operator-2');
    const viewer = await enterAs(to, 'viewer-1');
    const asked = { robotId: 'rover-1', mode: 'control' };
    expect(await second.client.ask('openSession', 'sessionOpened', asked)).toMatchObject({
      mode: 'view',
      controller: opened.sessionId,
    });
    expect(await viewer.client.request('openSession', asked)).toMatchObject({
      type: 'error',
      code: 'forbidden',
    });
    const view = await viewer.client.ask('openSession', 'sessionOpened', {
      robotId: 'rover-1',
      mode: 'view',
    });
    expect(view.mode).toBe('view');
    await Promise.all([robot.close(), client.close(), second.client.close(), viewer.client.close()]);
  });

  it('closes a session from either side, tells the other, and knows it no more', async () => {
    const to = await target();
    const { robot, client, key } = await openPair(to, { robot: 'rover-1', client: 'operator-1' });
    expect(await client.ask('closeSession', 'sessionClosed', key)).toMatchObject({ reason: 'closed' });
    expect(await robot.nextOf('sessionClosed', ({ sessionId }) => sessionId === key.sessionId)).toMatchObject(
      { sessionId: key.sessionId, reason: 'closed' },
    );
    expect(await client.request('signal', { ...key, seq: 1, kind: 'custom', data: 1 })).toMatchObject({
      code: 'session_unknown',
      sessionId: key.sessionId,
      seq: 1,
    });

    const second = await client.ask('openSession', 'sessionOpened', { robotId: 'rover-1', mode: 'control' });
    expect(second.mode).toBe('control'); // closing the first has freed control
    const refusedKey = { robotId: 'rover-1', sessionId: second.sessionId };
    await robot.ask('closeSession', 'sessionClosed', { ...refusedKey, reason: 'refused' });
    expect(
      await client.nextOf('sessionClosed', ({ sessionId }) => sessionId === second.sessionId),
    ).toMatchObject({
      reason: 'refused',
    });
    await Promise.all([robot.close(), client.close()]);
  });

  it('F5: a client that goes away suspends its own session and nothing of the robot or of others', async () => {
    const to = await target();
    const { robot, client, key } = await openPair(to, { robot: 'rover-1', client: 'operator-1' });
    const other = await enterAs(to, 'operator-2');
    const kept = await other.client.ask('openSession', 'sessionOpened', { robotId: 'rover-1', mode: 'view' });
    await client.close();
    const away = await robot.nextOf('peerAway', ({ sessionId }) => sessionId === key.sessionId);
    expect(away.resumeEndsAt).toBeGreaterThan(Date.now());

    const keptKey = { robotId: 'rover-1', sessionId: kept.sessionId };
    await other.client.ask('signal', 'signalAck', { ...keptKey, seq: 1, kind: 'custom', data: 'still here' });
    expect(await robot.nextOf('signal')).toMatchObject({ sessionId: kept.sessionId, data: 'still here' });
    expect((await other.client.ask('listRobots', 'robots')).robots).toContainEqual(
      expect.objectContaining({ robotId: 'rover-1', state: 'online' }),
    );
    await Promise.all([robot.close(), other.client.close()]);
  });

  it('answers bye by closing the socket; a robot that said it is offline at once', async () => {
    const to = await target();
    const { robot, client, key } = await openPair(to, { robot: 'rover-2', client: 'operator-1' });
    robot.send({ action: 'bye' });
    expect(
      await client.nextOf('sessionClosed', ({ sessionId }) => sessionId === key.sessionId),
    ).toMatchObject({
      sessionId: key.sessionId,
      reason: 'robot_offline',
    });
    await robot.closed;
    const refusedNow = await client.request('openSession', { robotId: 'rover-2', mode: 'view' });
    expect(refusedNow).toMatchObject({ code: 'robot_offline', retryable: true });
    client.send({ action: 'bye' });
    await client.closed;
  });

  it('gives ICE servers to who has said hello', async () => {
    const to = await target();
    const { client } = await enterAs(to, 'operator-1');
    const answer = await client.ask('getIceServers', 'iceServers');
    expect(answer.expiresAt).toBeGreaterThan(Date.now());
    await client.close();
  });

  it('wants hello first, and greets again who says it twice', async () => {
    const to = await target();
    const early = await connectAs(to, 'operator-1');
    for (const [action, fields] of [
      ['listRobots', {}],
      ['getIceServers', {}],
      ['openSession', { robotId: 'rover-1', mode: 'view' }],
      ['closeSession', { robotId: 'rover-1', sessionId: 'none' }],
      ['signal', { robotId: 'rover-1', sessionId: 'none', seq: 1, kind: 'custom' }],
    ] as const) {
      expect(await early.request(action, fields), action).toMatchObject({
        type: 'error',
        code: 'hello_required',
      });
    }
    expect(await early.request('hello', { protocol: 2 })).toMatchObject({
      code: 'protocol_unsupported',
      supported: [1],
    });
    const first = await early.hello();
    const second = await early.hello();
    expect(second.clientId).toBe(first.clientId);
    await early.close();
  });
});
