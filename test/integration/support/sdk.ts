import {
  cognitoTokens,
  createSignalingClient,
  type OpenTransport,
  type SignalingClient,
  type SignalingOptions,
  wsTransport,
} from '../../../client/src/node.ts';
import { seededPassword } from '../../../local/stack/users.ts';
import type { Target } from './target.ts';

/** A transport whose sockets can be lost as networks lose them: at once, with whatever was under way. */
export function cuttable(open: OpenTransport = wsTransport()) {
  let cutNewest = (): void => undefined;
  let opened = 0;
  const transport: OpenTransport = (request, events) => {
    let isCut = false;
    opened += 1;
    const real = open(request, {
      onOpen: () => isCut || events.onOpen(),
      onFrame: (frame) => isCut || events.onFrame(frame),
      onEnd: (end) => isCut || events.onEnd(end),
    });
    cutNewest = () => {
      isCut = true;
      real.close();
      events.onEnd({ code: 1006, status: undefined });
    };
    return {
      send: (text) => {
        if (!isCut) real.send(text);
      },
      close: () => real.close(),
    };
  };
  return { transport, cut: () => cutNewest(), opened: () => opened };
}

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
