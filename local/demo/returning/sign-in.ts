import {
  cognitoTokens,
  createSignalingClient,
  type OpenTransport,
  type SignalingClient,
  wsTransport,
} from '../../../client/src/node.ts';
import { seededPassword } from '../../stack/users.ts';
import type { Target } from '../target.ts';

/** A client of one of the seeded users, not yet started. */
export function clientOf(
  target: Target,
  userName: string,
  transport: OpenTransport = wsTransport(),
): SignalingClient {
  const isRobot = userName.startsWith('rover');
  const tokens = cognitoTokens({
    endpoint: target.identity,
    clientId: isRobot ? target.clientIds.robots : target.clientIds.people,
    signIn: { userName, password: seededPassword },
  });
  return createSignalingClient({
    url: target.gateway,
    tokens,
    transport,
    kind: isRobot ? 'robot' : 'client',
  });
}

/** Starts it, and waits until it is welcomed. */
export async function ready(client: SignalingClient): Promise<void> {
  client.start();
  if (client.state().status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    const stop = client.on('state', (state) => {
      if (state.status === 'recovering' || state.status === 'connecting') return;
      stop();
      if (state.status === 'ready') resolve();
      else reject(new Error(`The server does not want this client: ${state.reason}.`));
    });
  });
}
