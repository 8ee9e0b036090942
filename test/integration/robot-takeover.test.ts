import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from './support/emulator.ts';
import { enterAs, openPair } from './support/raw-client.ts';
import { type LifeEvent, startTestStack, target } from './support/target.ts';

describe('I4: the newest connection of a robot wins', () => {
  it('the old one is told goAway replaced and closed; signals go to the new one', async () => {
    const to = await target();
    const old = await enterAs(to, 'rover-1');
    const { client } = await enterAs(to, 'operator-1');
    const newer = await enterAs(to, 'rover-1');
    expect(await old.client.nextOf('goAway')).toMatchObject({ code: 'replaced' });
    await old.client.closed;

    const opened = await client.ask('openSession', 'sessionOpened', { robotId: 'rover-1', mode: 'control' });
    const key = { robotId: 'rover-1', sessionId: opened.sessionId };
    await client.ask('signal', 'signalAck', { ...key, seq: 1, kind: 'custom', data: 'for the newest' });
    expect(await newer.client.nextOf('signal')).toMatchObject({ data: 'for the newest' });
    await Promise.all([newer.client.close(), client.close()]);
  });
});

describe.skipIf(localOnly)('[local-only] a late $disconnect of a replaced connection', () => {
  let stack: LocalStack;
  let ended: string[] = [];
  beforeEach(async () => {
    ended = [];
    const note = (event: LifeEvent) => {
      if (event.type === 'disconnected') ended.push(event.connectionId);
    };
    stack = await startTestStack({}, { lifeLog: { note } });
  });
  afterEach(() => stack.close());

  const gateway = () => {
    const [first] = stack.gateways;
    if (first === undefined) throw new Error('no gateway');
    return first;
  };

  async function expectRobotReachable(
    client: Awaited<ReturnType<typeof enterAs>>['client'],
    robot: typeof client,
  ) {
    const opened = await client.ask('openSession', 'sessionOpened', { robotId: 'rover-1', mode: 'control' });
    expect(opened.state).toBe('open');
    const key = { robotId: 'rover-1', sessionId: opened.sessionId };
    await client.ask('signal', 'signalAck', { ...key, seq: 1, kind: 'custom', data: 'hello' });
    expect(await robot.nextOf('signal')).toMatchObject({ data: 'hello' });
    expect((await client.ask('listRobots', 'robots')).robots).toEqual([
      expect.objectContaining({ robotId: 'rover-1', state: 'online' }),
    ]);
  }

  it('that comes after the new connection has claimed changes nothing', async () => {
    const old = await enterAs(stack.addresses, 'rover-1');
    const { client } = await enterAs(stack.addresses, 'operator-1');
    gateway().faults.delayNextDisconnect(300);
    gateway().faults.cut(old.welcome.connectionId);
    const newer = await enterAs(stack.addresses, 'rover-1');
    await expect.poll(() => ended).toEqual([old.welcome.connectionId]);
    await expectRobotReachable(client, newer.client);
    await Promise.all([newer.client.close(), client.close()]);
  });

  it('that comes before it makes the robot away for a moment, and the claim brings it back', async () => {
    const old = await enterAs(stack.addresses, 'rover-1');
    const { client } = await enterAs(stack.addresses, 'operator-1');
    gateway().faults.cut(old.welcome.connectionId);
    await expect
      .poll(async () => (await client.ask('listRobots', 'robots')).robots.map(({ state }) => state))
      .toEqual(['away']);
    const newer = await enterAs(stack.addresses, 'rover-1');
    await expectRobotReachable(client, newer.client);
    await Promise.all([newer.client.close(), client.close()]);
  });

  it('a robot that is lost is away, then offline, and its sessions end', async () => {
    const short = await startTestStack({ resumeWindowMs: 700, cleanupEveryMs: 100 });
    try {
      const { client, welcomes, key } = await openPair(short.addresses, {
        robot: 'rover-1',
        client: 'operator-1',
      });
      short.gateways[0]?.faults.cut(welcomes.robot.connectionId);
      await expect
        .poll(
          async () =>
            (await client.request('signal', { ...key, seq: 1, kind: 'custom' })) as { code?: string },
        )
        .toMatchObject({ code: 'peer_away' });
      expect(await client.nextOf('sessionClosed')).toMatchObject({
        sessionId: key.sessionId,
        reason: 'robot_offline',
      });
      expect((await client.ask('listRobots', 'robots')).robots).toEqual([
        expect.objectContaining({ robotId: 'rover-1', state: 'offline', controlled: false }),
      ]);
      await client.close();
    } finally {
      await short.close();
    }
  });
});
