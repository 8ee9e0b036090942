import { expect, it } from 'vitest';
import { createRobotEndpoint } from '../../../client/src/endpoints/robot-endpoint.ts';
import { type Told, tellOf } from '../../../client/src/node/cli/session-lines.ts';
import { robotWelcome } from './support/fake-server.ts';
import { scene } from './support/started-client.ts';

const entry = {
  sessionId: 's',
  robotId: 'rover-1',
  clientId: 'c',
  mode: 'control',
  leaseEpoch: 3,
  received: 0,
} as const;

it('a program is told each change of its session once: control with its lease, who is away, and the end last', async () => {
  const { client, clock, server } = scene({ welcome: robotWelcome });
  const told: Told[] = [];
  const endpoint = createRobotEndpoint(client, {
    onSession(session, { clientId }) {
      tellOf(session, {
        clientId,
        client,
        control: () => endpoint.control(),
        tell: (line) => told.push(line),
      });
      return 'accept';
    },
  });
  client.start();
  await clock.advance(1);
  server.socket().say({
    type: 'sessionRequested',
    ...{ sessionId: 's', clientId: 'c', mode: 'control', controller: 's', leaseEpoch: 3, iceServers: [] },
  });
  await clock.settle();
  const lines = () =>
    told.splice(0).map(({ sessionId, ...line }) => {
      expect(sessionId).toBe('s');
      return line;
    });
  expect(lines()).toEqual([
    { event: 'session', clientId: 'c', mode: 'control', leaseEpoch: 3, iceServers: [] },
  ]);

  server.socket().say({ type: 'controlChanged', robotId: 'rover-1', sessionId: 't', leaseEpoch: 4 });
  server.socket().say({ type: 'controlChanged', robotId: 'rover-1', sessionId: 's', leaseEpoch: 5 });
  expect(lines()).toEqual([
    { event: 'mode', mode: 'view', leaseEpoch: 4 },
    { event: 'mode', mode: 'control', leaseEpoch: 5 },
  ]);

  for (let time = 0; time < 2; time += 1)
    server.socket().say({ type: 'peerAway', sessionId: 's', resumeEndsAt: 9 });
  for (let time = 0; time < 2; time += 1)
    server.socket().say({ type: 'peerBack', sessionId: 's', received: 0 });
  expect(lines()).toEqual([
    { event: 'suspended', who: 'client', resumeEndsAt: 9 },
    { event: 'restored', who: 'client' },
  ]);

  // The client goes while this robot is away, and comes back while it is away again: nobody could say so.
  server.welcome = { ...robotWelcome, sessions: [{ ...entry, leaseEpoch: 5, state: 'suspended' }] };
  server.socket().cut();
  await clock.advance(2_000);
  server.welcome = { ...robotWelcome, sessions: [{ ...entry, leaseEpoch: 5, state: 'open' }] };
  server.socket().cut();
  await clock.advance(5_000);
  expect(lines()).toEqual([
    { event: 'suspended', who: 'robot' },
    { event: 'restored', who: 'robot' },
    { event: 'suspended', who: 'client' },
    { event: 'suspended', who: 'robot' },
    { event: 'restored', who: 'robot' },
    { event: 'restored', who: 'client' },
  ]);

  server.socket().say({ type: 'sessionClosed', sessionId: 's', reason: 'closed' });
  server.socket().cut();
  await clock.advance(20_000);
  expect(lines()).toEqual([{ event: 'closed', reason: 'closed' }]);
});
