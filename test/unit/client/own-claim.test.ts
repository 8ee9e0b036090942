import { describe, expect, it } from 'vitest';
import { ready, type Scene } from './support/started-client.ts';

const asRobot = { kind: 'robot', robotId: 'rover-1' } as const;
const replaced = { type: 'goAway', code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 } as const;

/** Its server takes over for a second connection, and the welcome of that is lost with it. */
async function rollingOver(of: Parameters<typeof ready>[0] = {}) {
  const scene = await ready(of);
  const { clock, server } = scene;
  const [first] = server.sockets;
  server.manners.welcomes = false;
  first?.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
  await clock.advance(1);
  const second = server.socket();
  expect(second.lastOf('hello')).toBeDefined();
  server.manners.welcomes = true;
  return { ...scene, first, second };
}

const isReady = ({ client }: Scene) => client.state().status === 'ready';

describe.each([
  { what: 'a client', welcome: {}, resume: 'key-1' },
  { what: 'a robot', welcome: asRobot, resume: true },
])('$what that was replaced by a connection of its own', ({ welcome, resume }) => {
  it('whose end came first: comes back at once, with what it had', async () => {
    const scene = await rollingOver({ welcome });
    scene.second.cut();
    scene.first?.say(replaced);
    scene.first?.cut(1000);
    await scene.clock.advance(5_000);
    expect(isReady(scene)).toBe(true);
    expect(scene.server.socket().lastOf('hello')).toMatchObject({ resume });
    await scene.clock.advance(120_000);
    expect(scene.server.sockets).toHaveLength(3);
  });

  it('whose end comes last: comes back at once, too', async () => {
    const scene = await rollingOver({ welcome });
    scene.first?.say(replaced);
    scene.first?.cut(1000);
    await scene.clock.advance(1);
    expect(isReady(scene)).toBe(false);
    scene.second.cut();
    await scene.clock.advance(5_000);
    expect(isReady(scene)).toBe(true);
    expect(scene.server.sockets).toHaveLength(3);
  });

  it('that was given up before the next was welcomed, and has claimed late: comes back at once', async () => {
    const scene = await ready({ welcome });
    const { clock, server } = scene;
    server.manners.welcomes = false;
    server.socket().cut();
    await clock.advance(5_000);
    server.socket().cut();
    server.manners.welcomes = true;
    await clock.advance(10_000);
    expect(isReady(scene)).toBe(true);
    const before = server.sockets.length;
    server.socket().say(replaced);
    server.socket().cut(1000);
    await clock.advance(5_000);
    expect(isReady(scene)).toBe(true);
    expect(server.sockets).toHaveLength(before + 1);
  });
});

describe('replaced is another’s doing', () => {
  it('a minute after the last hello that stayed without an answer', async () => {
    const scene = await rollingOver();
    scene.second.cut();
    await scene.clock.advance(61_000);
    expect(isReady(scene)).toBe(true);
    const count = scene.server.sockets.length;
    scene.server.socket().say(replaced);
    scene.server.socket().cut(1000);
    await scene.clock.advance(60_000);
    expect(scene.client.state()).toMatchObject({ status: 'closed', reason: 'replaced' });
    expect(scene.server.sockets).toHaveLength(count);
  });

  it.each([
    {
      what: 'was refused',
      answer: { type: 'error', requestId: 'hello', code: 'internal', message: '', retryable: true },
    },
    { what: 'was told that it lost', answer: replaced },
  ] as const)('where its own second connection $what', async ({ answer }) => {
    const scene = await rollingOver();
    scene.second.say(answer);
    scene.second.cut(1000);
    scene.first?.say(replaced);
    scene.first?.cut(1000);
    await scene.clock.advance(60_000);
    expect(scene.client.state()).toMatchObject({ status: 'closed', reason: 'replaced' });
  });

  it('where its own second connection never came to say hello', async () => {
    const scene = await ready();
    scene.server.manners.handshake = { status: 503 };
    scene.server.socket().say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await scene.clock.advance(1);
    const [first] = scene.server.sockets;
    scene.server.manners.handshake = 'open';
    first?.say(replaced);
    first?.cut(1000);
    await scene.clock.advance(60_000);
    expect(scene.client.state()).toMatchObject({ status: 'closed', reason: 'replaced' });
  });
});

it('a robot that replaces itself again and again is not contested', async () => {
  const scene = await rollingOver({ welcome: asRobot });
  const { clock, server } = scene;
  let { first, second } = scene;
  for (let round = 0; round < 6; round += 1) {
    second.cut();
    first?.say(replaced);
    first?.cut(1000);
    await clock.advance(20_000);
    expect(isReady(scene)).toBe(true);
    first = server.socket();
    server.manners.welcomes = false;
    first.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(1);
    second = server.socket();
    expect(second).not.toBe(first);
    server.manners.welcomes = true;
  }
});
