import { localRoutes } from '../../local/stack/routes.ts';
import type { Backend, Place } from '../stack/backend.ts';
import { connectPeer, type Peer } from '../stack/peer.ts';
import { operatorName, robotName } from '../stack/users.ts';
import { type Contender, payloads } from './contender.ts';

/** Longer than any of the functions' own limits. */
const patienceMs = 6_000;

const silent = { lifeLog: { note: () => undefined } };

/** The functions of this repository behind a gateway of their own. */
export function heliographPlace(backend: Backend): Promise<Place> {
  return backend.place(({ environment }) => localRoutes(environment, silent));
}

export function heliograph(
  backend: Pick<Backend, 'tokenOf'>,
  { url, watch }: Pick<Place, 'url' | 'watch'>,
): Contender {
  async function enter(userName: string, resume?: true): Promise<Peer> {
    const peer = await connectPeer(url, await backend.tokenOf(userName));
    await ask(peer, 'welcome', { action: 'hello', protocol: 1, ...(resume && { resume }) });
    return peer;
  }
  return {
    async pair(index) {
      const robot = await enter(robotName(index));
      const client = await enter(operatorName(index));
      const robotId = robotName(index);
      const opened = await ask(client, 'sessionOpened', { action: 'openSession', robotId, mode: 'control' });
      await robot.next(({ type }) => type === 'sessionRequested');
      return { robot, client, index, key: { robotId, sessionId: String(opened.sessionId) } };
    },
    async signal({ robot, client, key }, { direction, kind, seq }) {
      const [from, to] = direction === 'client to robot' ? [client, robot] : [robot, client];
      for (;;) {
        const arrived = to.next((message) => message.type === 'signal' && message.seq === seq, patienceMs);
        from.send({ action: 'signal', ...key, seq, kind, data: payloads[kind] });
        // Refused where the store could not be had in time, which a busy machine brings about: sent again, and counted in.
        if (
          await arrived.then(
            () => true,
            () => false,
          )
        )
          return;
      }
    },
    connect: (index) => enter(operatorName(index)),
    async refresh({ robot, index }) {
      // Another than the one it came with: tokens know whole seconds.
      const token = await backend.tokenOf(robotName(index));
      await ask(robot, 'tokenRefreshed', { action: 'refreshToken', token });
    },
    async disconnect(peer) {
      const heard = watch.next('$disconnect');
      peer.socket.close();
      await heard;
    },
    async robotReturns(pair) {
      const back = pair.client.next(({ type }) => type === 'peerBack');
      pair.robot = await enter(robotName(pair.index), true);
      await back;
    },
  };
}

let requests = 0;

async function ask(peer: Peer, type: string, message: Readonly<Record<string, unknown>>) {
  requests += 1;
  const requestId = `r${requests}`;
  peer.send({ ...message, requestId });
  const answer = await peer.next((given) => given.requestId === requestId);
  if (answer.type !== type) throw new Error(`Expected ${type}, got ${JSON.stringify(answer)}`);
  return answer;
}
