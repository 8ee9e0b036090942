import { createRobotEndpoint, type Verdict } from '../../../../client/src/endpoints/robot-endpoint.ts';
import type { Session } from '../../../../client/src/endpoints/session.ts';
import type { Message, Welcome } from '../../../../client/src/wire/messages.ts';
import { robotWelcome } from './fake-server.ts';
import { scene } from './started-client.ts';

/** What a robot is asked of a session in control. */
export const requested: Message<'sessionRequested'> = {
  type: 'sessionRequested',
  sessionId: 's',
  clientId: 'c',
  mode: 'control',
  controller: 's',
  leaseEpoch: 3,
  iceServers: [{ urls: ['stun:stun.example'] }],
};
/** The same session, as a welcome lists it. */
export const entry: Welcome['sessions'][number] = {
  sessionId: 's',
  robotId: 'rover-1',
  clientId: 'c',
  mode: 'control',
  leaseEpoch: 1,
  state: 'open',
  received: 0,
};
/** The client's signal of that number in it. */
export const signal = (seq: number, kind: Message<'signal'>['kind'] = 'custom'): Message<'signal'> => ({
  type: 'signal',
  sessionId: 's',
  robotId: 'rover-1',
  from: 'client',
  seq,
  kind,
  data: seq,
  leaseEpoch: 3,
});

/** A robot that has been welcomed, and keeps what it is asked and told. */
export async function askedRobot(verdict: () => Verdict | Promise<Verdict> = () => 'accept') {
  const made = scene({ welcome: robotWelcome });
  const sessions: Session[] = [];
  const heard: unknown[] = [];
  const ends: unknown[] = [];
  const endpoint = createRobotEndpoint(made.client, {
    onSession(session) {
      sessions.push(session);
      session.on('signal', ({ data }) => heard.push(data));
      session.on('closed', (why) => ends.push(why));
      return verdict();
    },
  });
  made.client.start();
  await made.clock.advance(1);
  return { ...made, endpoint, sessions, heard, ends };
}
