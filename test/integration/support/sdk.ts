import {
  cognitoTokens,
  createSignalingClient,
  type SignalingClient,
  type SignalingOptions,
  wsTransport,
} from '../../../client/src/node.ts';
import { seededPassword } from '../../../local/stack/users.ts';
import type { Target } from './target.ts';

export { cuttable } from '../../../local/demo/returning/cuttable.ts';

/** Signs in as a seeded user. */
export function tokensOf(target: Target, userName: string) {
  const isRobot = userName.startsWith('rover');
  return cognitoTokens({
    endpoint: target.identity,
    clientId: isRobot ? target.clientIds.robots : target.clientIds.people,
    signIn: { userName, password: seededPassword },
  });
}

export function sdkClient(
  target: Target,
  userName: string,
  options: Partial<SignalingOptions> = {},
): SignalingClient {
  return createSignalingClient({
    url: target.gateway,
    tokens: tokensOf(target, userName),
    transport: wsTransport(),
    ...options,
  });
}

export async function untilStatus(client: SignalingClient, status: string): Promise<void> {
  if (client.state().status === status) return;
  await new Promise<void>((resolve, reject) => {
    const stop = client.on('state', (state) => {
      if (state.status === status) {
        stop();
        resolve();
      } else if (state.status === 'closed') {
        reject(new Error(`The client was closed: ${state.reason}`, { cause: state.cause }));
      }
    });
  });
}
