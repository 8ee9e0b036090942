import { describe, expect, it } from 'vitest';
import { askedRobot, requested, signal } from './support/asked-robot.ts';

describe('who controls a robot, as it knows', () => {
  it('is nobody when it comes back and has no session any more', async () => {
    const { clock, server, endpoint } = await askedRobot();
    server.socket().say(requested);
    await clock.settle();
    expect(endpoint.control()).toEqual({ sessionId: 's', leaseEpoch: 3 });
    server.socket().cut();
    await clock.advance(60_000);
    expect(server.sockets).toHaveLength(2);
    expect(endpoint.control()).toEqual({ sessionId: null, leaseEpoch: 3 });
  });

  it('is who opens a session in control at the moment of the welcome, also where that overtakes it', async () => {
    const { clock, server, endpoint, sessions } = await askedRobot();
    server.manners.welcomes = false;
    server.socket().cut();
    while (server.sockets.length < 2) await clock.advance(500);
    server.socket().say(requested);
    server.socket().say(signal(1));
    expect(sessions).toEqual([]);
    server.sayWelcome();
    await clock.settle();
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(['s']);
    expect(endpoint.control()).toEqual({ sessionId: 's', leaseEpoch: 3 });
  });

  it('is who has it by a later word, whatever an earlier one says after that', async () => {
    const { clock, server, endpoint } = await askedRobot();
    server.socket().say({ ...requested, leaseEpoch: 4 });
    server.socket().say({ type: 'controlChanged', robotId: 'rover-1', sessionId: null, leaseEpoch: 3 });
    await clock.settle();
    expect(endpoint.control()).toEqual({ sessionId: 's', leaseEpoch: 4 });
  });
});
