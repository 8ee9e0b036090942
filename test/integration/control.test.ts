import { describe, expect, it } from 'vitest';
import { enterAs, openPair } from './support/raw-client.ts';
import { target } from './support/target.ts';

describe('I7: control of a robot', () => {
  it('is asked for, handed over, released and taken by force; everybody hears of each change once', async () => {
    const to = await target();
    const { robot, client, key, opened } = await openPair(to, { robot: 'rover-1', client: 'operator-1' });
    const second = await enterAs(to, 'operator-2');
    const other = await second.client.ask('openSession', 'sessionOpened', {
      robotId: 'rover-1',
      mode: 'control',
    });
    expect(other).toMatchObject({ mode: 'view', controller: key.sessionId });
    const otherKey = { robotId: 'rover-1', sessionId: other.sessionId };

    expect(await second.client.request('requestControl', otherKey)).toMatchObject({ code: 'control_held' });
    const wish = { type: 'controlRequested', sessionId: other.sessionId, clientId: second.welcome.clientId };
    expect(await client.nextOf('controlRequested')).toEqual(wish);
    expect(await robot.nextOf('controlRequested')).toEqual(wish);

    const leaseEpoch = opened.leaseEpoch + 1;
    const handed = { robotId: 'rover-1', sessionId: other.sessionId, leaseEpoch };
    expect(await client.ask('grantControl', 'controlChanged', { ...key, to: other.sessionId })).toMatchObject(
      handed,
    );
    // The end of a session that an earlier test has left may still be told: under an older lease.
    const isNew = (changed: { leaseEpoch: number }) => changed.leaseEpoch > opened.leaseEpoch;
    expect(await robot.nextOf('controlChanged', isNew)).toMatchObject(handed);
    expect(await second.client.nextOf('controlChanged')).toMatchObject(handed);
    await second.client.ask('signal', 'signalAck', { ...otherKey, seq: 1, kind: 'custom', data: 'mine' });
    expect(await robot.nextOf('signal')).toMatchObject({ leaseEpoch });
    expect(await client.request('grantControl', { ...key, to: key.sessionId })).toMatchObject({
      code: 'control_held',
    });

    const free = { robotId: 'rover-1', sessionId: null, leaseEpoch: leaseEpoch + 1 };
    expect(await second.client.ask('releaseControl', 'controlChanged', otherKey)).toMatchObject(free);
    expect(await robot.nextOf('controlChanged', isNew)).toMatchObject(free);
    expect(await client.ask('requestControl', 'controlChanged', key)).toMatchObject({
      sessionId: key.sessionId,
      leaseEpoch: leaseEpoch + 2,
    });

    const admin = await enterAs(to, 'admin-1');
    const watching = await admin.client.ask('openSession', 'sessionOpened', {
      robotId: 'rover-1',
      mode: 'view',
    });
    const adminKey = { robotId: 'rover-1', sessionId: watching.sessionId };
    expect(await second.client.request('requestControl', { ...otherKey, force: true })).toMatchObject({
      code: 'forbidden',
    });
    expect(
      await admin.client.ask('requestControl', 'controlChanged', { ...adminKey, force: true }),
    ).toMatchObject({ sessionId: watching.sessionId, leaseEpoch: leaseEpoch + 3 });
    expect(
      await client.nextOf('controlChanged', ({ sessionId }) => sessionId === watching.sessionId),
    ).toMatchObject({ leaseEpoch: leaseEpoch + 3 });
    await Promise.all([robot, client, second.client, admin.client].map((each) => each.close()));
  });

  it('is not for viewers, not for foreign sessions, and not to be changed while the robot is away', async () => {
    const to = await target();
    const { robot, client, key } = await openPair(to, { robot: 'rover-2', client: 'operator-1' });
    const viewer = await enterAs(to, 'viewer-1');
    const view = await viewer.client.ask('openSession', 'sessionOpened', {
      robotId: 'rover-2',
      mode: 'view',
    });
    const viewKey = { robotId: 'rover-2', sessionId: view.sessionId };
    expect(await viewer.client.request('requestControl', viewKey)).toMatchObject({ code: 'forbidden' });
    expect(await client.request('grantControl', { ...key, to: view.sessionId })).toMatchObject({
      code: 'forbidden',
    });
    expect(await viewer.client.request('releaseControl', key)).toMatchObject({ code: 'session_unknown' });
    await client.ask('releaseControl', 'controlChanged', key);
    robot.socket.terminate();
    await client.nextOf('peerAway');
    expect(await client.request('requestControl', key)).toMatchObject({ code: 'peer_away', retryable: true });
    await Promise.all([client.close(), viewer.client.close()]);
  });
});
