// A robot of plain JavaScript, on the installed package: echoes what it is sent.
import {
  cognitoTokens,
  createRobotEndpoint,
  createSignalingClient,
  wsTransport,
} from '@heliograph/client/node';

const { HELIOGRAPH_URL, HELIOGRAPH_IDENTITY, HELIOGRAPH_CLIENT_ID, HELIOGRAPH_PASSWORD } = process.env;
const client = createSignalingClient({
  url: HELIOGRAPH_URL,
  tokens: cognitoTokens({
    endpoint: HELIOGRAPH_IDENTITY,
    clientId: HELIOGRAPH_CLIENT_ID,
    signIn: { userName: 'rover-1', password: HELIOGRAPH_PASSWORD },
  }),
  transport: wsTransport(),
  kind: 'robot',
});
createRobotEndpoint(client, {
  onSession(session) {
    session.on('signal', ({ data }) => session.send('custom', { echo: data }));
    return 'accept';
  },
});
client.on('state', ({ status }) => process.stdout.write(`${status}\n`));
client.start();
process.on('SIGTERM', () => client.close());
