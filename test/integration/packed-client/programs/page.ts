// An operator's page: compiled against the packed types, bundled by Vite, and run with what a page has.
import {
  cognitoTokens,
  connectPeer,
  createOperatorEndpoint,
  createSignalingClient,
} from '@heliograph/client';

export type Settings = {
  readonly url: string;
  readonly endpoint: string;
  readonly clientId: string;
  readonly userName: string;
  readonly password: string;
};

/** Opens a session, sends one signal, and gives what comes back. */
export async function exchange({ url, endpoint, clientId, ...signIn }: Settings): Promise<unknown> {
  const client = createSignalingClient({ url, tokens: cognitoTokens({ endpoint, clientId, signIn }) });
  client.start();
  try {
    const session = await createOperatorEndpoint(client).open('rover-1', 'control');
    return await new Promise((resolve, reject) => {
      session.on('signal', ({ data }) => resolve(data));
      session.on('closed', (why) => reject(new Error(why)));
      session.send('custom', { hello: 'robot' });
    });
  } finally {
    client.close();
  }
}

/** A browser's own connection is one that `connectPeer` takes. */
export async function drive(client: ReturnType<typeof createSignalingClient>): Promise<RTCDataChannel> {
  const session = await createOperatorEndpoint(client).open('rover-1', 'control');
  const connection = new RTCPeerConnection({ iceServers: session.iceServers });
  connectPeer(session, { role: 'operator', connection });
  return connection.createDataChannel('drive');
}
