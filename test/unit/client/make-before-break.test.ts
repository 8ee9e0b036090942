import { describe, expect, it } from 'vitest';
import type { Welcome } from '../../../client/src/wire/messages.ts';
import { session } from './support/open-session.ts';
import { ready } from './support/started-client.ts';

describe('make before break', () => {
  it('goAway connection_max_age: the second is welcomed before the first is dropped; nothing is lost or told', async () => {
    const { client, clock, server, states } = await ready({ welcome: { sessions: [session] } });
    const channel = client.channel({ sessionId: 's', robotId: 'rover-1' });
    const heard: number[] = [];
    channel.listen({ onSignal: ({ seq }) => heard.push(seq), onLost: () => undefined });
    const [first] = server.sockets;
    server.manners.welcomes = false;
    first?.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(1);
    const second = server.socket();
    expect(second).not.toBe(first);
    expect(second.lastOf('hello')).toMatchObject({ resume: 'key-1' });
    const signal = { type: 'signal', ...session, from: 'robot', kind: 'custom', leaseEpoch: 0 } as const;
    first?.say({ ...signal, seq: 1 });
    channel.send('custom', 1);
    expect(first?.lastOf('signal')).toMatchObject({ seq: 1 });
    // The server tells the first before the client has seen the welcome of the second.
    first?.say({ type: 'goAway', code: 'replaced', reconnect: true, reconnectAfterMs: 60_000 });
    first?.cut(1000);
    server.manners.welcomes = true;
    second.say({ ...welcomeOf(states), connectionId: 'c2', sessions: [{ ...session, received: 1 }] });
    second.say({ ...signal, seq: 2 });
    expect(heard).toEqual([1, 2]);
    expect(client.state().status).toBe('ready');
    await clock.advance(120_000);
    expect(server.sockets).toHaveLength(2);
  });

  it('what the first still brings, when the second has taken over, is heard for a second', async () => {
    const { client, clock, server } = await ready({ welcome: { sessions: [session] } });
    const channel = client.channel({ sessionId: 's', robotId: 'rover-1' });
    const heard: number[] = [];
    channel.listen({ onSignal: ({ seq }) => heard.push(seq), onLost: () => undefined });
    const [first] = server.sockets;
    first?.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(1);
    expect(server.sockets).toHaveLength(2);
    const signal = { type: 'signal', ...session, from: 'robot', kind: 'custom' } as const;
    first?.say({ ...signal, seq: 1 });
    server.socket().say({ ...signal, seq: 2 });
    expect(heard).toEqual([1, 2]);
    await clock.advance(1_000);
    expect(first?.isClosed()).toBe(true);
  });

  it('however often it is told to go within that second, one lingers', async () => {
    const { client, clock, server } = await ready();
    for (let times = 0; times < 5; times += 1) {
      server.socket().say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
      await clock.advance(10);
      expect(server.sockets.filter((socket) => !socket.isClosed()).length).toBeLessThanOrEqual(2);
    }
    expect(server.sockets).toHaveLength(6);
    expect(client.state().status).toBe('ready');
    await clock.advance(1_000);
    expect(server.sockets.filter((socket) => !socket.isClosed())).toEqual([server.socket()]);
  });

  it('rolls over by itself when goAway was missed', async () => {
    const { clock, server } = await ready();
    await clock.advance(110 * 60_000);
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.isClosed()).toBe(true);
    expect(server.sockets[1]?.isClosed()).toBe(false);
  });

  it('what the old connection still says of itself is not about the new one', async () => {
    const { clock, server, tokens } = await ready();
    const [old] = server.sockets;
    old?.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(1);
    old?.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    old?.say({ type: 'tokenExpiring', tokenExpiresAt: 1, remainingMs: 1 });
    await clock.advance(60_000);
    expect(server.sockets).toHaveLength(2);
    expect(tokens.renewals()).toBe(0);
  });

  it('what the server refuses because another has taken over is asked again there', async () => {
    const { client, clock, server, states } = await ready();
    const [old] = server.sockets;
    server.manners.welcomes = false;
    old?.say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(1);
    const asked = client.request('releaseControl', { sessionId: 's', robotId: 'rover-1' });
    const { requestId = '' } = old?.lastOf('releaseControl') ?? {};
    const refuse = (code: 'session_unknown' | 'unauthenticated') =>
      old?.say({ type: 'error', requestId, code, message: '', retryable: false });
    refuse('session_unknown');
    refuse('unauthenticated');
    await clock.settle();
    server.socket().say({ ...welcomeOf(states), connectionId: 'c2' });
    refuse('unauthenticated');
    await clock.advance(3_000);
    expect(server.sockets).toHaveLength(2);
    expect(server.socket().lastOf('releaseControl')).toMatchObject({ requestId });
    server
      .socket()
      .say({ type: 'controlChanged', requestId, robotId: 'rover-1', sessionId: null, leaseEpoch: 2 });
    expect(await asked).toMatchObject({ sessionId: null });
    expect(states.map(({ status }) => status)).toEqual(['ready', 'ready']);
  });

  it('a second that is refused for good does not end the first', async () => {
    const { client, clock, server } = await ready();
    server.manners.handshake = { status: 401 };
    server.socket().say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(60_000);
    expect(client.state().status).toBe('ready');
    server.sockets[0]?.cut();
    await clock.advance(60_000);
    expect(client.state()).toMatchObject({ status: 'closed', reason: 'token_refused' });
  });

  it('keeps the first while the second fails, and tries again', async () => {
    const { client, clock, server } = await ready();
    server.manners.handshake = { status: 503 };
    server.socket().say({ type: 'goAway', code: 'connection_max_age', reconnect: true });
    await clock.advance(30_000);
    expect(client.state().status).toBe('ready');
    expect(server.sockets[0]?.isClosed()).toBe(false);
    server.manners.handshake = 'open';
    await clock.advance(20_000);
    expect(server.sockets[0]?.isClosed()).toBe(true);
    expect(client.state().status).toBe('ready');
  });
});

function welcomeOf(states: readonly { readonly status: string }[]) {
  const found = states.find((state) => state.status === 'ready');
  if (found === undefined || !('welcome' in found)) throw new Error('never ready');
  return found.welcome as Welcome;
}
