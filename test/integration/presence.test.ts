import { describe, expect, it } from 'vitest';
import { enterAs } from './support/raw-client.ts';
import { target } from './support/target.ts';

describe('presence', () => {
  it('each true change is told once to who watches and may see the robot, and to nobody else', async () => {
    const to = await target();
    const [operator, admin, stranger, silent] = await Promise.all(
      ['operator-1', 'admin-1', 'operator-9', 'operator-2'].map((name) => enterAs(to, name)),
    );
    if (operator === undefined || admin === undefined || stranger === undefined || silent === undefined)
      throw new Error('Four have entered.');
    for (const { client } of [operator, admin, stranger]) await client.ask('watchRobots', 'watching');

    const { client: robot } = await enterAs(to, 'rover-3');
    const ofRover = ({ robotId }: { robotId: string }) => robotId === 'rover-3';
    for (const { client } of [operator, admin]) {
      expect(await client.nextOf('robotStatus', ofRover)).toMatchObject({ state: 'online' });
    }
    // The same robot on another connection: nothing has changed.
    const { client: again } = await enterAs(to, 'rover-3');
    await robot.closed;
    again.send({ action: 'bye' });
    await again.closed;
    for (const { client } of [operator, admin]) {
      expect(await client.nextOf('robotStatus', ofRover)).toMatchObject({ state: 'offline' });
    }
    for (const { client } of [stranger, silent]) {
      await client.ask('listRobots', 'robots');
      expect(client.received.map(({ type }) => type)).not.toContain('robotStatus');
    }
    await Promise.all([operator, admin, stranger, silent].map(({ client }) => client.close()));
  });

  it('of robots by name only what may be seen can be watched, and the last wish counts', async () => {
    const to = await target();
    const { client } = await enterAs(to, 'operator-1');
    const { client: stranger } = await enterAs(to, 'operator-9');
    const first = await enterAs(to, 'rover-1');
    const second = await enterAs(to, 'rover-2');
    expect(await stranger.request('watchRobots', { robotIds: ['rover-1'] })).toMatchObject({
      code: 'forbidden',
    });
    await client.ask('watchRobots', 'watching', { robotIds: ['rover-1'] });
    await client.ask('watchRobots', 'watching', { robotIds: ['rover-2'] });
    for (const robot of [first, second]) {
      robot.client.send({ action: 'bye' });
      await robot.client.closed;
    }
    expect(await client.nextOf('robotStatus')).toMatchObject({ robotId: 'rover-2', state: 'offline' });
    await client.ask('listRobots', 'robots');
    expect(client.received.filter(({ type }) => type === 'robotStatus')).toHaveLength(1);
    await Promise.all([client.close(), stranger.close()]);
  });
});
