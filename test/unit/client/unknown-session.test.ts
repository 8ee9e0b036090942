import { expect, it } from 'vitest';
import { createRobotEndpoint } from '../../../client/src/endpoints/robot-endpoint.ts';
import type { Session } from '../../../client/src/endpoints/session.ts';
import type { Message, Welcome } from '../../../client/src/wire/messages.ts';
import { session as entry } from './support/open-session.ts';
import { scene } from './support/started-client.ts';

const key = { sessionId: 's', robotId: 'rover-1' } as const;

/** A robot in a session of which its server knows nothing any more, that sends. */
async function unknown(sessions: Welcome['sessions'] = []) {
  const welcome = { kind: 'robot', robotId: 'rover-1' } as const;
  const made = scene({ welcome });
  const ends: string[] = [];
  const taken: Session[] = [];
  createRobotEndpoint(made.client, {
    onSession(session) {
      taken.push(session);
      session.on('closed', (why) => ends.push(why));
      return 'accept';
    },
  });
  made.client.start();
  await made.clock.advance(1);
  const requested = {
    ...key,
    clientId: 'client-1',
    mode: 'control',
    controller: 's',
    leaseEpoch: 1,
  } as const;
  made.server.socket().say({ type: 'sessionRequested', ...requested, iceServers: [] });
  await made.clock.settle();
  made.server.welcome = { ...welcome, sessions };
  const [session] = taken;
  if (session === undefined) throw new Error('no session');
  const refuse = (seq: number) => {
    session.send('custom', seq);
    const error: Omit<Message<'error'>, 'code'> = {
      type: 'error',
      sessionId: 's',
      seq,
      message: '',
      retryable: false,
    };
    made.server.socket().say({ ...error, code: 'session_unknown' });
  };
  return { ...made, ends, session, refuse };
}

it('whose end is told within a moment ends so, and no connection is made for it', async () => {
  const { clock, server, ends, refuse } = await unknown();
  refuse(1);
  await clock.advance(4_000);
  server.socket().say({ type: 'sessionClosed', sessionId: 's', reason: 'closed' });
  await clock.advance(60_000);
  expect(ends).toEqual(['closed']);
  expect(server.sockets).toHaveLength(1);
});

it('whose end was lost on the way ends by the welcome of a second connection, for however many signals', async () => {
  const { clock, server, ends, refuse, session, client } = await unknown();
  for (let seq = 1; seq <= 10; seq += 1) refuse(seq);
  await clock.advance(4_900);
  expect(server.sockets).toHaveLength(1);
  await clock.advance(200);
  expect(ends).toEqual(['gone']);
  expect(session.isOpen()).toBe(false);
  await clock.advance(60_000);
  expect(server.sockets).toHaveLength(2);
  expect(client.state().status).toBe('ready');
});

it('which the server knows all the same goes on there, and what was refused is sent again', async () => {
  const { clock, server, ends, refuse } = await unknown([entry]);
  refuse(1);
  await clock.advance(5_100);
  expect(server.sockets).toHaveLength(2);
  expect(ends).toEqual([]);
  expect(server.socket().lastOf('signal')).toMatchObject({ seq: 1, data: 1 });
});
