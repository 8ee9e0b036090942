import {
  cognitoTokens,
  createSignalingClient,
  type SignalingClient,
  TokenUnavailable,
  type TransportEnd,
  type Welcome,
} from '../../../client/src/node.ts';
import type { Target } from '../target.ts';
import { failureInWords, refusalInWords } from './in-words.ts';
import { watchedTokens } from './watched-tokens.ts';
import { watchedTransport } from './watched-transport.ts';

/** Why nobody came in at the first attempt. */
export class NotEntered extends Error {
  override readonly name = 'NotEntered';
  readonly why: 'unreachable' | 'sign_in_refused' | 'connection_refused';

  constructor(why: NotEntered['why'], message: string) {
    super(message);
    this.why = why;
  }
}

export type Entering = {
  readonly client: SignalingClient;
  /** Starts the client; somebody is waiting for it, so the first failure is the answer. @throws {NotEntered} */
  entered(): Promise<Welcome>;
  /** Says `bye`, and waits until it has been sent. */
  leave(): Promise<void>;
};

/** A person's client, and how its first connection comes about. */
export function enterAs(of: {
  readonly target: Target;
  readonly userName: string;
  readonly password: string;
  readonly onSignedIn?: () => void;
  readonly onConnected?: () => void;
}): Entering {
  const { target, userName, password } = of;
  let failure: NotEntered | undefined;
  const line = watchedTransport({
    ...(of.onConnected === undefined ? {} : { onOpen: of.onConnected }),
    onEnd(end) {
      failure = notConnected(target.gateway, end);
    },
  });
  const signIn = cognitoTokens({
    endpoint: target.identity,
    clientId: target.clientIds.people,
    signIn: { userName, password },
  });
  const tokens = watchedTokens(signIn, {
    ...(of.onSignedIn === undefined ? {} : { onToken: of.onSignedIn }),
    onFailure(thrown) {
      failure = notSignedIn(target.identity, thrown);
    },
  });
  const client = createSignalingClient({
    url: target.gateway,
    tokens,
    transport: line.transport,
    agent: 'heliograph-demo-operator',
  });
  return {
    client,
    entered: () =>
      new Promise((resolve, reject) => {
        const stop = client.on('state', (state) => {
          if (state.status === 'connecting' && state.attempt === 1) return;
          stop();
          if (state.status === 'ready') return resolve(state.welcome);
          reject(failure ?? new NotEntered('connection_refused', `The connection ended: ${state.status}.`));
        });
        client.start();
      }),
    async leave() {
      client.close();
      await line.allEnded();
    },
  };
}

function notConnected(gateway: string, end: TransportEnd): NotEntered {
  const refused = refusalInWords(end);
  return refused === undefined
    ? new NotEntered('unreachable', `Nothing answers at ${gateway}.`)
    : new NotEntered('connection_refused', refused);
}

function notSignedIn(identity: string, thrown: unknown): NotEntered {
  const isRefused = thrown instanceof TokenUnavailable && typeof thrown.cause === 'string';
  return isRefused
    ? new NotEntered('sign_in_refused', failureInWords(thrown))
    : new NotEntered('unreachable', `Nothing that speaks Cognito's API answers at ${identity}.`);
}
