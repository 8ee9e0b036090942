import { describe, expect, it } from 'vitest';
import type { LostSignals } from '../../../client/src/delivery/channel.ts';
import type { Welcome } from '../../../client/src/wire/messages.ts';
import { session } from './support/open-session.ts';
import { ready } from './support/started-client.ts';

const signal = (seq: number, sessionId = 's') =>
  ({ type: 'signal', ...session, sessionId, from: 'robot', seq, kind: 'custom' }) as const;

async function inSession(sessions: Welcome['sessions'] = [session]) {
  const made = await ready({ welcome: { sessions } });
  const heard: number[] = [];
  const lost: LostSignals[] = [];
  for (const { sessionId, robotId } of sessions) {
    made.client
      .channel({ sessionId, robotId })
      .listen({ onSignal: ({ seq }) => heard.push(seq), onLost: (gone) => lost.push(gone) });
  }
  const givenUp = () => lost.filter(({ isGivenUp }) => isGivenUp).length;
  return { ...made, heard, lost, givenUp };
}

describe('I8: a hole in the numbers of the other side', () => {
  it('is told after 5 s to the server by a resume on a second connection, which fills it', async () => {
    const { clock, server, heard, client, states } = await inSession();
    server.socket().say(signal(1));
    server.socket().say(signal(3));
    await clock.advance(5_001);
    expect(server.sockets).toHaveLength(2);
    expect(server.socket().lastOf('hello')).toMatchObject({ resume: 'key-1', received: { s: 1 } });
    server.socket().say(signal(2));
    expect(heard).toEqual([1, 2, 3]);
    expect(client.state().status).toBe('ready');
    expect(states.map(({ status }) => status)).toEqual(['ready', 'ready']);
  });

  it('is healed together with others: one resume in 30 s', async () => {
    const { clock, server } = await inSession([session, { ...session, sessionId: 't' }]);
    server.socket().say(signal(2));
    await clock.advance(2_000);
    server.socket().say(signal(2, 't'));
    await clock.advance(20_000);
    expect(server.sockets).toHaveLength(2);
  });

  it('is not given up while the other side is away, and not at once when it is back', async () => {
    const { clock, server, givenUp } = await inSession();
    server.socket().say(signal(2));
    await clock.advance(6_000);
    const { sessionId } = session;
    server.socket().say({ type: 'peerAway', sessionId, resumeEndsAt: clock.now() + 120_000 });
    await clock.advance(110_000);
    expect(givenUp()).toBe(0);
    server.socket().say({ type: 'peerBack', sessionId, received: 0 });
    // Asked for once more after 31 s, which gives it another 40.
    await clock.advance(70_000);
    expect(givenUp()).toBe(0);
    await clock.advance(2_000);
    expect(givenUp()).toBe(1);
  });

  it('is not given up while this side has no connection, and the asking is over', async () => {
    const { client, clock, server, givenUp, heard } = await inSession();
    server.socket().say(signal(2));
    await clock.advance(20_000);
    server.manners.handshake = { status: 503 };
    server.socket().cut();
    await clock.advance(300_000);
    expect(client.state().status).toBe('recovering');
    expect(givenUp()).toBe(0);
    server.manners.handshake = 'open';
    await clock.advance(20_000);
    expect(client.state().status).toBe('ready');
    server.socket().say(signal(1));
    expect(heard).toEqual([1, 2]);
    expect(givenUp()).toBe(0);
  });

  it('is asked for once more, and no more than that, where nobody fills it', async () => {
    const { clock, server, givenUp } = await inSession();
    server.socket().say(signal(2));
    await clock.advance(5_001);
    expect(server.sockets).toHaveLength(2);
    await clock.advance(30_000);
    expect(server.sockets).toHaveLength(2);
    await clock.advance(1_500);
    expect(server.sockets).toHaveLength(3);
    expect(givenUp()).toBe(0);
    await clock.advance(300_000);
    expect(server.sockets).toHaveLength(3);
    expect(givenUp()).toBe(1);
  });

  it('is not given up while a welcome says that the session is suspended', async () => {
    const { clock, server, givenUp } = await inSession();
    server.socket().say(signal(2));
    server.welcome = { sessions: [{ ...session, state: 'suspended' }] };
    await clock.advance(110_000);
    expect(givenUp()).toBe(0);
    server.welcome = { sessions: [session] };
    server.socket().cut();
    await clock.advance(75_000);
    expect(givenUp()).toBe(1);
  });
});

it('late signals of a session that has ended do not make it anew', async () => {
  const { client, clock, server } = await inSession();
  client.endChannel('s');
  server.socket().say(signal(1));
  server.socket().cut();
  await clock.advance(1_000);
  expect(server.socket().lastOf('hello')).toMatchObject({ received: {} });
  await clock.advance(60_000);
  expect(server.socket().heard.some(({ action }) => action === 'ping')).toBe(false);
});
