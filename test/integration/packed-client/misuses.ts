/** What every misuse begins with. */
export const preamble = `import { connectPeer, cognitoTokens, createOperatorEndpoint, createRobotEndpoint, createSignalingClient, fileStore, fixedToken, TokenUnavailable, tokenCallback, wsTransport } from '@heliograph/client/node';
import type { ClosedReason, Message, OperatorSession, PeerConnectionLike, ServerMessage, SignalingState } from '@heliograph/client/node';
const tokens = fixedToken('t'); const url = 'wss://host/v1';
const client = createSignalingClient({ url, tokens });
declare const session: OperatorSession; declare const state: SignalingState; declare const message: ServerMessage;
declare const connection: PeerConnectionLike;
export { connectPeer, cognitoTokens, connection, createOperatorEndpoint, createRobotEndpoint, fileStore, message, session, state, TokenUnavailable, tokenCallback, wsTransport };
export type { ClosedReason, Message };
`;

export type Misuse = { readonly what: string; readonly code: string; readonly error: string };

/** One line each that must not compile, and the compiler's number for why. */
export const misuses: readonly Misuse[] = [
  { what: 'a client without tokens', code: 'createSignalingClient({ url });', error: 'TS2741' },
  {
    what: 'a token for a token source',
    code: "createSignalingClient({ url, tokens: 'abc' });",
    error: 'TS2322',
  },
  { what: 'a client without an address', code: 'createSignalingClient({ tokens });', error: 'TS2741' },
  {
    what: 'a transport that was not made',
    code: 'createSignalingClient({ url, tokens, transport: wsTransport });',
    error: 'TS2322',
  },
  {
    what: 'an option that is none',
    code: 'createSignalingClient({ url, tokens, retries: 5 });',
    error: 'TS2353',
  },
  {
    what: 'an option that is undefined',
    code: 'createSignalingClient({ url, tokens, kind: undefined });',
    error: 'TS2379',
  },
  { what: 'an event that is none', code: "client.on('opened', () => undefined);", error: 'TS2345' },
  { what: 'the reason of a state that may be any', code: 'state.reason;', error: 'TS2339' },
  {
    what: 'the welcome of a client that is recovering',
    code: "if (state.status === 'recovering') state.welcome;",
    error: 'TS2339',
  },
  {
    what: 'the attempt of a client that is ready',
    code: "if (state.status === 'ready') state.attempt;",
    error: 'TS2339',
  },
  { what: 'a status that is none', code: "if (state.status === 'open') client.start();", error: 'TS2367' },
  {
    what: 'a switch over reasons that leaves some out',
    code: "function say(reason: ClosedReason): string { switch (reason) { case 'revoked': return ''; } } say;",
    error: 'TS2366',
  },
  {
    what: 'a field of a message that may be any',
    code: 'message.tokenExpiresAt;',
    error: 'TS2339',
  },
  {
    what: 'a message type that is none',
    code: "if (message.type === 'hello') client.start();",
    error: 'TS2367',
  },
  { what: 'a message written to', code: "(message as Message<'welcome'>).refreshAt = 0;", error: 'TS2540' },
  {
    what: 'a request without its robot',
    code: "client.request('openSession', { mode: 'view' });",
    error: 'TS2741',
  },
  { what: 'a request that has no answer', code: "client.request('bye', {});", error: 'TS2345' },
  {
    what: 'an answer that it is not',
    code: "client.request('listRobots', {}).then(({ sessionId }) => sessionId);",
    error: 'TS2339',
  },
  {
    what: 'a mode that is none',
    code: "createOperatorEndpoint(client).open('rover-1', 'drive');",
    error: 'TS2345',
  },
  { what: 'a kind of signal that is none', code: "session.send('hello');", error: 'TS2345' },
  { what: 'a reason to close that is the server’s', code: "session.close('revoked');", error: 'TS2345' },
  {
    what: 'a robot that does not decide',
    code: 'createRobotEndpoint(client, { onSession: () => undefined });',
    error: 'TS2322',
  },
  {
    what: 'a robot that promises no decision',
    code: 'createRobotEndpoint(client, { onSession: async () => undefined });',
    error: 'TS2322',
  },
  {
    what: 'a verdict that is promised and is none',
    code: "createRobotEndpoint(client, { onSession: async () => 'yes' });",
    error: 'TS2322',
  },
  {
    what: 'a verdict that is none',
    code: "createRobotEndpoint(client, { onSession: () => 'yes' });",
    error: 'TS2322',
  },
  {
    what: 'a role that is none',
    code: "connectPeer(session, { connection, role: 'viewer' });",
    error: 'TS2322',
  },
  { what: 'a peer without a connection', code: "connectPeer(session, { role: 'robot' });", error: 'TS2741' },
  {
    what: 'Cognito with a region and an endpoint',
    code: "cognitoTokens({ clientId: 'c', identity: 'i', region: 'r', endpoint: 'e' });",
    error: 'TS2345',
  },
  {
    what: 'Cognito with neither a password nor an identity',
    code: "cognitoTokens({ clientId: 'c', region: 'r' });",
    error: 'TS2345',
  },
  {
    what: 'a failure that does not say whether it may pass',
    code: "new TokenUnavailable('No token.', { code: 'none' });",
    error: 'TS2741',
  },
  { what: 'a callback without a token', code: 'tokenCallback(() => ({ expiresAt: 5 }));', error: 'TS2322' },
  { what: 'a file store of nobody', code: 'fileStore({});', error: 'TS2741' },
];
