import { describe, expect, it } from 'vitest';
import { localOnly } from './support/emulator.ts';
import { connectAs, enterAs, openPair } from './support/raw-client.ts';
import { startTestStack, target } from './support/target.ts';

const signal = (key: { robotId: string; sessionId: string }, seq: number) => ({
  ...key,
  seq,
  kind: 'custom',
  data: { seq },
});

describe('F5, I3: who loses its connection comes back to its sessions', () => {
  it('a client, by its key: same client, sessions and control; the robot is told what to send again', async () => {
    const to = await target();
    const { robot, client, key, opened, welcomes } = await openPair(to, {
      robot: 'rover-1',
      client: 'operator-1',
    });
    client.socket.terminate();
    await robot.nextOf('peerAway', ({ sessionId }) => sessionId === key.sessionId);
    expect(await robot.request('signal', signal(key, 1))).toMatchObject({ code: 'peer_away', seq: 1 });

    const back = await connectAs(to, 'operator-1');
    const welcome = await back.hello({
      resume: welcomes.client.resumeKey,
      received: { [key.sessionId]: 7 },
    });
    expect(welcome).toMatchObject({
      resumed: true,
      clientId: welcomes.client.clientId,
      sessions: [{ ...key, mode: 'control', state: 'open', received: 0 }],
    });
    expect(welcome.resumeKey).not.toBe(welcomes.client.resumeKey);
    expect(await robot.nextOf('peerBack')).toEqual({
      type: 'peerBack',
      sessionId: key.sessionId,
      received: 7,
    });
    await robot.ask('signal', 'signalAck', signal(key, 1));
    expect(await back.nextOf('signal')).toMatchObject({ seq: 1, leaseEpoch: opened.leaseEpoch });
    await back.ask('signal', 'signalAck', signal(key, 1));
    expect(await robot.nextOf('signal')).toMatchObject({ from: 'client', seq: 1 });
    await Promise.all([back.close(), robot.close()]);
  });

  it('a robot, by itself: its clients are told, and go on in the same sessions', async () => {
    const to = await target();
    const { robot, client, key } = await openPair(to, { robot: 'rover-2', client: 'operator-2' });
    robot.socket.terminate();
    const away = await client.nextOf('peerAway');
    expect(away).toMatchObject({ sessionId: key.sessionId });

    const back = await connectAs(to, 'rover-2');
    const welcome = await back.hello({ resume: true, received: { [key.sessionId]: 3 } });
    expect(welcome).toMatchObject({
      resumed: true,
      robotId: 'rover-2',
      sessions: [{ ...key, mode: 'control', state: 'open' }],
    });
    expect(await client.nextOf('peerBack')).toMatchObject({ sessionId: key.sessionId, received: 3 });
    await client.ask('signal', 'signalAck', signal(key, 4));
    expect(await back.nextOf('signal')).toMatchObject({ seq: 4 });
    await Promise.all([back.close(), client.close()]);
  });

  it('make before break: the second connection takes over while the first is open, and that is told and closed', async () => {
    const to = await target();
    const { robot, client, key, welcomes } = await openPair(to, { robot: 'rover-1', client: 'operator-1' });
    const next = await connectAs(to, 'operator-1');
    await client.ask('signal', 'signalAck', signal(key, 1));
    const welcome = await next.hello({ resume: welcomes.client.resumeKey });
    expect(welcome).toMatchObject({ resumed: true, clientId: welcomes.client.clientId });
    expect(await client.nextOf('goAway')).toMatchObject({ code: 'replaced' });
    await client.closed;
    const nextRobot = await connectAs(to, 'rover-1');
    expect(await nextRobot.hello({ resume: true })).toMatchObject({ resumed: true });
    expect(await robot.nextOf('goAway')).toMatchObject({ code: 'replaced' });
    await next.ask('signal', 'signalAck', signal(key, 2));
    expect(await nextRobot.nextOf('signal')).toMatchObject({ seq: 2 });
    expect(next.received.map(({ type }) => type)).not.toContain('sessionClosed');
    await Promise.all([next.close(), nextRobot.close()]);
  });

  it('a key of somebody else, a wrong one or an old one makes a new client; two tabs do not touch each other', async () => {
    const to = await target();
    const { client, key, welcomes, robot } = await openPair(to, { robot: 'rover-1', client: 'operator-1' });
    const stranger = await connectAs(to, 'operator-2');
    const tab = await connectAs(to, 'operator-1');
    const resumeKey = welcomes.client.resumeKey ?? '';
    expect(await stranger.hello({ resume: resumeKey })).toMatchObject({ resumed: false, sessions: [] });
    expect(await tab.hello({ resume: `${resumeKey.slice(0, -2)}xx` })).toMatchObject({ resumed: false });
    const again = await tab.hello();
    expect(again.clientId).not.toBe(welcomes.client.clientId);
    expect(await tab.request('signal', signal(key, 1))).toMatchObject({ code: 'session_unknown' });
    tab.socket.terminate();
    await client.ask('signal', 'signalAck', signal(key, 1));
    await robot.nextOf('signal');
    await Promise.all([client.close(), stranger.close(), robot.close()]);
  });
});

describe.skipIf(localOnly)('[local-only] when nobody comes back within the window', () => {
  it('of a client its sessions end with resume_ended and control is free; of a robot with robot_offline', async () => {
    const stack = await startTestStack({ resumeWindowMs: 700, cleanupEveryMs: 100 });
    try {
      const { robot, client, key, welcomes } = await openPair(stack.addresses, {
        robot: 'rover-1',
        client: 'operator-1',
      });
      const { client: viewer } = await enterAs(stack.addresses, 'operator-2');
      const kept = await viewer.ask('openSession', 'sessionOpened', { robotId: 'rover-1', mode: 'view' });
      client.socket.terminate();
      expect(await robot.nextOf('sessionClosed')).toMatchObject({
        sessionId: key.sessionId,
        reason: 'resume_ended',
      });
      expect(await viewer.nextOf('controlChanged')).toMatchObject({ sessionId: null });
      const late = await connectAs(stack.addresses, 'operator-1');
      expect(await late.hello({ resume: welcomes.client.resumeKey })).toMatchObject({ resumed: false });
      robot.socket.terminate();
      await viewer.nextOf('peerAway');
      expect(await viewer.nextOf('sessionClosed')).toMatchObject({
        sessionId: kept.sessionId,
        reason: 'robot_offline',
      });
      await Promise.all([late.close(), viewer.close()]);
    } finally {
      await stack.close();
    }
  });
});

describe.skipIf(localOnly)('[local-only] F8: a robot that moves to another region in mid-session', () => {
  it('is told and closed at its old endpoint; its client sees a blink, and signals go to the new one', async () => {
    const stack = await startTestStack({ regions: 2 });
    try {
      const { robot, client, key } = await openPair(stack.addresses, {
        robot: 'rover-1',
        client: 'operator-1',
      });
      const [, second] = stack.gateways;
      const moved = await connectAs({ ...stack.addresses, gateway: second?.url ?? '' }, 'rover-1');
      expect(await moved.hello({ resume: true })).toMatchObject({ resumed: true });
      expect(await robot.nextOf('goAway')).toMatchObject({ code: 'replaced' });
      await robot.closed;
      expect(await client.nextOf('peerBack')).toMatchObject({ sessionId: key.sessionId });
      await client.ask('signal', 'signalAck', signal(key, 1));
      expect(await moved.nextOf('signal')).toMatchObject({ seq: 1 });
      await moved.ask('signal', 'signalAck', signal(key, 1));
      expect(await client.nextOf('signal')).toMatchObject({ from: 'robot', seq: 1 });
      expect(client.received.map(({ type }) => type)).not.toContain('peerAway');
      await Promise.all([moved.close(), client.close()]);
    } finally {
      await stack.close();
    }
  });
});
