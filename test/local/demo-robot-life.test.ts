import { describe, expect, it, onTestFinished } from 'vitest';
import type { LocalStackOptions } from '../../local/stack/options.ts';
import { startTestStack } from '../integration/support/target.ts';
import { enterOperator, nextPose, openDrive, startRobot } from '../integration/support/webrtc-peers.ts';

const robot = 'rover-1';

async function startWith(options: Partial<LocalStackOptions>) {
  const stack = await startTestStack(options);
  onTestFinished(() => stack.close());
  const rover = startRobot(stack.addresses, robot);
  onTestFinished(async () => void (await rover.stop()));
  return { stack, rover };
}

const times = (lines: readonly string[], beginning: string) =>
  lines.filter((line) => line.startsWith(beginning)).length;

describe('the life of the demo robot', () => {
  it('outlives its tokens on one connection, and its sessions with it (F2)', async () => {
    const { stack, rover } = await startWith({ tokenTtlMs: 6_000, cleanupEveryMs: 200, graceMs: 3_000 });
    const { session, client } = await openDrive(stack.addresses, { operator: 'operator-1', robot });
    onTestFinished(() => client.close());

    const state = client.state();
    if (state.status !== 'ready') throw new Error(`The operator is ${state.status}.`);
    const { tokenExpiresAt, policy } = state.welcome;
    const bothWouldBeCut = () => Date.now() > tokenExpiresAt + policy.graceMs + 500;
    await expect.poll(bothWouldBeCut, { timeout: 20_000 }).toBe(true);
    expect(times(rover.lines, 'token refreshed')).toBeGreaterThanOrEqual(1);
    expect(times(rover.lines, 'online as')).toBe(1);
    expect(times(rover.lines, 'connection lost')).toBe(0);
    expect(times(rover.lines, 'session ended')).toBe(0);
    await nextPose(session);
  });

  it('opens its next connection before the gateway cuts the old one', async () => {
    const { rover } = await startWith({ connectionMaxAgeMs: 1_500 });
    await expect.poll(() => times(rover.lines, 'online as'), { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    expect(times(rover.lines, 'connection lost')).toBe(0);
  });

  it('comes back by itself when its connection is cut, and goes on with its session', async () => {
    const { stack, rover } = await startWith({});
    const { session, client } = await openDrive(stack.addresses, { operator: 'operator-1', robot });
    onTestFinished(() => client.close());
    const [gateway] = stack.gateways;
    // The robot was first.
    const [ofRobot] = gateway?.connections() ?? [];
    expect(gateway?.faults.cut(ofRobot?.connectionId ?? '')).toBe(true);
    await expect.poll(() => times(rover.lines, 'online as'), { timeout: 20_000 }).toBe(2);
    expect(times(rover.lines, 'connection lost (1006)')).toBe(1);
    expect(times(rover.lines, 'session ended')).toBe(0);
    await nextPose(session);
  });

  it('waits a minute after it was replaced, and gives its sessions up', async () => {
    const { stack, rover } = await startWith({});
    const { session, client } = await openDrive(stack.addresses, { operator: 'operator-1', robot });
    onTestFinished(() => client.close());
    const second = startRobot(stack.addresses, robot);
    onTestFinished(async () => void (await second.stop()));
    await expect
      .poll(() => times(rover.lines, 'connection lost (1000, replaced); the next attempt is in a minute'), {
        timeout: 10_000,
      })
      .toBe(1);
    expect(await session.ended).toBe('closed');
    expect(times(rover.lines, 'session ended: replaced by another device')).toBe(1);
    // It does not come back to fight for its identity.
    expect(times(rover.lines, 'online as')).toBe(1);
  });

  it('says bye when it is stopped: offline at once, not after the resume window', async () => {
    const { stack, rover } = await startWith({});
    await expect.poll(() => times(rover.lines, 'online as')).toBe(1);
    expect(await rover.stop()).toBe(true);
    const client = await enterOperator(stack.addresses, 'operator-1');
    const { robots } = await client.request('listRobots', {});
    expect(robots).toMatchObject([{ robotId: robot, state: 'offline' }]);
    client.close();
  });

  it('gives up on a password that is wrong, and says no secret', async () => {
    const stack = await startTestStack();
    onTestFinished(() => stack.close());
    const rover = startRobot(stack.addresses, 'rover-none');
    expect(await rover.done).toBe(false);
    expect(rover.lines).toEqual([
      'Incorrect username or password.',
      expect.stringContaining('rover-none cannot sign in'),
    ]);
  });
});
