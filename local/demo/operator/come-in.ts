import {
  createOperatorEndpoint,
  type OperatorEndpoint,
  type SignalingClient,
  type Welcome,
} from '../../../client/src/node.ts';
import { seededPassword } from '../../stack/users.ts';
import { type Entering, enterAs } from '../connection/enter.ts';
import { durationInWords } from '../connection/in-words.ts';
import type { Target } from '../target.ts';
import { type Demo, DemoStopped, orQuit } from './demo.ts';

/** The client of who signs in, and each step of it shown. */
export function enter({ flags, display }: Pick<Demo, 'flags' | 'display'>, target: Target): Entering {
  display.waiting(`signing in at ${target.identity}`);
  let isIn = false;
  return enterAs({
    target,
    userName: flags.user,
    password: process.env.HELIOGRAPH_PASSWORD ?? seededPassword,
    onSignedIn() {
      if (isIn) return;
      display.step('signed in', flags.user);
      display.waiting(`connecting to ${target.gateway}`);
    },
    onConnected() {
      if (isIn) return;
      isIn = true;
      display.step('connected', target.gateway);
      display.waiting('saying hello');
    },
  });
}

export type Inside = {
  readonly endpoint: OperatorEndpoint;
  readonly welcome: Welcome;
  /** Rejects when the client has ended for good; whatever else befalls its connection it mends by itself. */
  readonly ended: Promise<never>;
};

/** Waits until the server has said welcome. @throws {NotEntered | DemoStopped} */
export async function comeIn({ flags, display, quit }: Demo, { client, entered }: Entering): Promise<Inside> {
  const endpoint = createOperatorEndpoint(client);
  const welcome = await orQuit(quit, entered());
  if (welcome.kind === 'robot') {
    throw new DemoStopped(`${flags.user} is a robot; sign in as a person with --user.`);
  }
  display.step('welcome', `token good for ${durationInWords(welcome.tokenExpiresAt - welcome.sentAt)}`);
  client.on('tokenRefreshed', () => display.note('token refreshed on the open connection'));
  let isReady = true;
  client.on('state', ({ status }) => {
    if (status === 'ready') display.note('back on a new connection, with the same session');
    else if (status === 'recovering' && isReady)
      display.note('the connection to the gateway is lost; what is open by WebRTC goes on');
    isReady = status === 'ready';
  });
  return { endpoint, welcome, ended: endOf(client) };
}

function endOf(client: SignalingClient): Promise<never> {
  const ended = Promise.withResolvers<never>();
  client.on('state', (state) => {
    if (state.status === 'closed') {
      ended.reject(new DemoStopped(`The connection has ended: ${state.reason}.`));
    }
  });
  ended.promise.catch(() => undefined);
  return ended.promise;
}
