import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { target } from './support/target.ts';
import { nextMessage, nextPose, openDrive, startRobot } from './support/webrtc-peers.ts';

const robot = 'rover-3';
const commandEveryMs = 100;

/** Two WebRTC stacks that know each other by nothing but what the backend relays. */
describe('WebRTC through the backend', () => {
  let rover: ReturnType<typeof startRobot>;

  beforeAll(async () => {
    rover = startRobot(await target(), robot);
  });
  afterAll(async () => {
    expect(await rover.stop()).toBe(true);
  });

  it('opens a data channel over which both sides speak, and ends it with the session', async () => {
    const { client, session, opened } = await openDrive(await target(), { operator: 'operator-1', robot });
    expect(opened).toMatchObject({ mode: 'control', state: 'open' });

    await nextPose(session);
    const pong = nextMessage(session, (message) => message.type === 'pong');
    session.tell({ type: 'ping', t: 42 });
    expect(await pong).toEqual({ type: 'pong', t: 42 });

    // The robot ends its peer when it is told, which closes the channel at this side, too.
    const { sessionId, robotId } = opened;
    await client.request('closeSession', { sessionId, robotId });
    expect(await session.ended).toBe('closed');
    await expect.poll(() => rover.lines).toContain(`session ended: closed  ${sessionId}`);
    session.close();
    client.close();
  });

  it('lets who has control drive, and stops when no command comes any more', async () => {
    const { client, session } = await openDrive(await target(), { operator: 'operator-1', robot });
    const before = await nextPose(session);
    const commands = setInterval(
      () => session.tell({ type: 'drive', linear: 0.5, angular: 0 }),
      commandEveryMs,
    );
    const moved = await nextPose(session, ({ x, y }) => Math.hypot(x - before.x, y - before.y) > 0.1);
    expect(moved.speed).toBe(0.5);
    clearInterval(commands);
    expect(await nextPose(session, ({ speed }) => speed === 0)).toBeDefined();
    session.close();
    client.close();
  });

  it('streams to who only views, and does not obey', async () => {
    const to = await target();
    const driver = await openDrive(to, { operator: 'operator-1', robot });
    const viewer = await openDrive(to, { operator: 'operator-2', robot });
    expect(viewer.opened).toMatchObject({ mode: 'view', controller: driver.opened.sessionId });

    const before = await nextPose(viewer.session);
    viewer.session.tell({ type: 'drive', linear: 1, angular: 0 });
    // A ping that is answered was sent after the command: the robot has seen both.
    const pong = nextMessage(viewer.session, (message) => message.type === 'pong');
    viewer.session.tell({ type: 'ping', t: 1 });
    await pong;
    expect(await nextPose(viewer.session, ({ atMs }) => atMs > before.atMs + 200)).toMatchObject({
      x: before.x,
      y: before.y,
      speed: 0,
    });
    for (const { session, client } of [viewer, driver]) {
      session.close();
      client.close();
    }
  });
});
