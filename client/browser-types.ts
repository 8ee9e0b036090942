/** Compiles only while the browser entry needs nothing of Node, and takes what a browser has. Nothing runs it. */
import {
  amplifyTokens,
  connectPeer,
  createOperatorEndpoint,
  createSignalingClient,
  fixedToken,
  tokenCallback,
  webSocketTransport,
} from './src/index.ts';

const tokens = tokenCallback(async () => (await fetch('/token')).text());
const client = createSignalingClient({
  url: 'wss://host/v1',
  tokens,
  transport: webSocketTransport(WebSocket),
});
const session = await createOperatorEndpoint(client).open('rover-1', 'control');
const connection = new RTCPeerConnection({ iceServers: session.iceServers });
connectPeer(session, { connection, role: 'operator' });
amplifyTokens(async () => ({ tokens: { accessToken: { toString: () => '' } } }), 'id');

// Misuse does not compile.
// @ts-expect-error a client needs tokens
createSignalingClient({ url: 'wss://host/v1' });
// @ts-expect-error no such mode
void createOperatorEndpoint(client).open('rover-1', 'drive');
// @ts-expect-error no such event
client.on('opened', () => undefined);
// @ts-expect-error a robot id is missing
void client.request('openSession', { mode: 'view' });
// @ts-expect-error `bye` has no answer: it is `close`
void client.request('bye', {});
// @ts-expect-error the answer of listRobots has no sessionId
void client.request('listRobots', {}).then(({ sessionId }) => sessionId);
// @ts-expect-error a token source, not a token
createSignalingClient({ url: 'wss://host/v1', tokens: 'abc' });
// @ts-expect-error no such kind of signal
session.send('hello');
void fixedToken;
const state = client.state();
// @ts-expect-error only a closed client has a reason
void state.reason;
