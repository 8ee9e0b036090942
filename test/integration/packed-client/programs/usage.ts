// Compiled against the packed types; nothing runs it.
import {
  type Answer,
  type ClosedReason,
  cognitoTokens,
  createRobotEndpoint,
  createSignalingClient,
  fileStore,
  type Message,
  type ServerMessage,
  type SessionEnd,
  type SignalingState,
  TokenUnavailable,
  tokenCallback,
  type Verdict,
  wsTransport,
} from '@heliograph/client/node';

/** True only where the two are one type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <Holds extends true>(holds: Holds): Holds => holds;

// The state is told apart by `status`, and each has what it has.
export function tell(state: SignalingState): string {
  switch (state.status) {
    case 'connecting':
    case 'recovering':
      return `attempt ${state.attempt.toFixed(0)}`;
    case 'ready':
      is<Same<typeof state.welcome, Message<'welcome'>>>(true);
      return state.welcome.kind;
    case 'closed':
      is<Same<typeof state.reason, ClosedReason>>(true);
      return state.cause === undefined ? advice(state.reason) : state.cause.message;
    default:
      return state satisfies never;
  }
}

function advice(reason: ClosedReason): string {
  switch (reason) {
    case 'sign_in_required':
    case 'revoked':
    case 'token_refused':
      return 'sign in';
    case 'forbidden':
    case 'identity_changed':
    case 'identity_contested':
      return 'ask who manages the robots';
    case 'closed_by_application':
    case 'replaced':
      return 'nothing';
    case 'protocol_unsupported':
    case 'bad_request':
    case 'bad_address':
      return 'update';
    default:
      return reason satisfies never;
  }
}

// A message of the server is told apart by `type`; ids are plain strings, and nothing is `any`.
export function read(message: ServerMessage): string | number | undefined {
  switch (message.type) {
    case 'welcome':
      is<Same<typeof message.policy.warnMs, number[]>>(true);
      is<Same<typeof message.robotId, string | undefined>>(true);
      return message.resumeKey;
    case 'signal':
      is<Same<typeof message.data, unknown>>(true);
      is<Same<typeof message.from, 'robot' | 'client'>>(true);
      return message.leaseEpoch;
    case 'controlChanged':
      is<Same<typeof message.sessionId, string | null>>(true);
      return message.robotId;
    case 'error':
      return message.retryable ? message.retryAfterMs : message.code;
    default:
      return message.type;
  }
}

const store = fileStore({ identity: 'rover-1', directory: '/tmp/none' });
const client = createSignalingClient({
  url: async () => 'wss://host/v1',
  tokens: cognitoTokens({
    region: 'eu-central-1',
    clientId: 'app',
    store,
    signIn: { userName: 'rover-1', password: 'p' },
  }),
  transport: wsTransport(),
  kind: 'robot',
});
client.on('state', (state) => is<Same<typeof state, SignalingState>>(true));
client.on('signInRequired', (failure) => is<Same<typeof failure, TokenUnavailable>>(true));
createRobotEndpoint(client, {
  // TypeScript widens what an async function returns alone, `string`, unless it is told.
  async onSession(session, { clientId }): Promise<Verdict> {
    is<Same<typeof clientId, string>>(true);
    session.on('closed', (why) => is<Same<typeof why, SessionEnd>>(true));
    session.on('signal', ({ kind, data }) => void session.send(kind, data));
    return 'accept';
  },
});

export const opened: Promise<Answer<'openSession'>> = client.request('openSession', {
  robotId: 'rover-1',
  mode: 'view',
});
export const failing = tokenCallback(({ renew }) => {
  if (renew) throw new TokenUnavailable('Signed out.', { retryable: false, code: 'signed_out' });
  return 'token';
});
