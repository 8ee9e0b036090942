import type { SignalingOptions } from '../../../../client/src/signaling/options.ts';
import { createSignalingClient } from '../../../../client/src/signaling/signaling-client.ts';
import type { SignalingState } from '../../../../client/src/signaling/state.ts';
import type { ServerMessage, Welcome } from '../../../../client/src/wire/messages.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeServer } from './fake-server.ts';
import { fakeTokens } from './tokens.ts';

/** A client and its fake server, not yet started. */
export function scene(
  options: Partial<SignalingOptions> & {
    welcome?: Partial<Welcome>;
    life?: Parameters<typeof fakeTokens>[1];
  } = {},
) {
  const clock = createFakeClock();
  const server = createFakeServer(clock);
  const { welcome = {}, life = {}, ...given } = options;
  const tokens = fakeTokens(clock, life);
  server.welcome = welcome;
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const client = createSignalingClient({
    url: 'wss://signaling.example/v1',
    tokens,
    transport: server.openTransport,
    clock,
    random: () => 0.5,
    logger: { info: log, warn: log },
    ...given,
  });
  const states: SignalingState[] = [];
  const messages: ServerMessage[] = [];
  client.on('state', (state) => states.push(state));
  client.on('message', (message) => messages.push(message));
  return { clock, server, tokens, client, states, messages, lines };
}

export type Scene = ReturnType<typeof scene>;

/** A client that has been welcomed. */
export async function ready(options: Parameters<typeof scene>[0] = {}): Promise<Scene> {
  const made = scene(options);
  made.client.start();
  await made.clock.advance(1);
  if (made.client.state().status !== 'ready') throw new Error('The client was not welcomed.');
  return made;
}
