// The same robot, moved: it signs in by itself, carries its token in a header, refreshes it on the open
// socket and comes back after every loss. What it does with a signal is as before.
import {
  cognitoTokens,
  createRobotEndpoint,
  createSignalingClient,
  fileStore,
  wsTransport,
} from '@heliograph/client/node';

const { SIGNALING_URL, CLIENT_ID, IDENTITY, ROBOT, PASSWORD, STATE } = process.env;
const client = createSignalingClient({
  url: SIGNALING_URL,
  tokens: cognitoTokens({
    endpoint: IDENTITY,
    clientId: CLIENT_ID,
    signIn: { userName: ROBOT, password: PASSWORD },
    store: fileStore({ identity: ROBOT, directory: STATE }),
  }),
  transport: wsTransport(),
  kind: 'robot',
});
createRobotEndpoint(client, {
  onSession(session) {
    session.on('signal', () => session.send('custom', { by: 'after' }));
    return 'accept';
  },
});
client.on('state', ({ status }) => process.stdout.write(`after: ${status}\n`));
client.start();
process.on('SIGTERM', () => client.close());
