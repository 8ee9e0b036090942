import type { SignalingClient, SignalingOptions, TokenSource } from '../../../../client/src/node.ts';
import { sdkClient, tokensOf } from '../sdk.ts';
import type { Target } from '../target.ts';

export type Hit = 'cut' | 'cut, $disconnect lost' | 'cut, $disconnect late' | 'half-open';

/** One robot or operator, and what it went through. */
export type Peer = {
  readonly name: string;
  readonly client: SignalingClient;
  readonly story: {
    /** Times at which it was welcomed again after a loss. */
    returns: number;
    /** Times at which a second connection took over from one that held. */
    rollOvers: number;
    /** Refreshes on the open connection. */
    refreshes: number;
    /** Tokens that the identity gave after the first. */
    renewals: number;
    /** Calls of the token source that failed. */
    failedCalls: number;
    /** How long each hit took until there was another connection, ms. */
    readonly recoveries: { readonly hit: Hit; readonly ms: number }[];
    /** What happened, with the moment of each in ms: for whoever looks for a cause. */
    readonly log: string[];
    /** Anything that must not happen. */
    readonly wrongs: string[];
  };
  /** Id of the connection in use; undefined while there is none. */
  connectionId(): string | undefined;
  /** Its connection has just been hit. */
  wasHit(hit: Hit): void;
};

export function createPeer(to: Target, name: string, options: Partial<SignalingOptions>): Peer {
  const story: Peer['story'] = {
    returns: 0,
    rollOvers: 0,
    refreshes: 0,
    renewals: 0,
    failedCalls: 0,
    recoveries: [],
    log: [],
    wrongs: [],
  };
  const note = (line: string): void =>
    void story.log.push(`${Math.round(performance.now())} ${name} ${line}`);
  const client = sdkClient(to, name, {
    tokens: counted(tokensOf(to, name), story, note),
    logger: { info: note, warn: note },
    ...options,
  });
  let hit: { how: Hit; at: number; connectionId: string } | undefined;
  let before: string | undefined;

  const connectionId = (): string | undefined => {
    const state = client.state();
    return state.status === 'ready' ? state.welcome.connectionId : undefined;
  };

  client.on('tokenRefreshed', () => {
    story.refreshes += 1;
  });
  client.on('signInRequired', ({ code }) => story.wrongs.push(`must sign in: ${code}`));
  client.on('message', (message) => {
    if (message.type === 'signal') return note(`heard signal ${message.seq}`);
    if (message.type === 'error') {
      return note(`heard error ${message.code} of ${message.requestId ?? `signal ${message.seq}`}`);
    }
    const of = 'received' in message ? `, received ${message.received}` : '';
    note(`heard ${message.type}${message.type === 'goAway' ? ` ${message.code}` : of}`);
  });
  client.on('state', (state) => {
    if (state.status === 'ready') {
      const { connectionId, resumed, sessions } = state.welcome;
      note(
        `welcomed on ${connectionId}, resumed ${resumed}, ${sessions.map(({ received }) => `received ${received}`)}`,
      );
    }
    if (state.status === 'closed' && state.reason !== 'closed_by_application') {
      story.wrongs.push(`closed: ${state.reason}`);
    }
    if (state.status === 'ready') {
      if (before === 'ready') story.rollOvers += 1;
      if (before === 'recovering') story.returns += 1;
      if (hit !== undefined && hit.connectionId !== state.welcome.connectionId) {
        const ms = Math.round(performance.now() - hit.at);
        story.recoveries.push({ hit: hit.how, ms });
        note(`recovered after ${ms} ms from: ${hit.how}`);
        hit = undefined;
      }
    }
    before = state.status;
  });

  return {
    name,
    client,
    story,
    connectionId,
    wasHit(how) {
      const id = connectionId();
      note(`hit: ${how} on ${id}`);
      // A second hit of the same connection ends what the first began.
      if (id !== undefined && hit?.connectionId !== id) {
        hit = { how, at: performance.now(), connectionId: id };
      }
    },
  };
}

/** Tells whether the identity was asked in vain, and how often it was not. */
function counted(source: TokenSource, story: Peer['story'], note: (line: string) => void): TokenSource {
  const count = async <T>(work: Promise<T>, isRenewal: boolean): Promise<T> => {
    try {
      const given = await work;
      if (isRenewal) story.renewals += 1;
      note(isRenewal ? 'has a renewed token' : 'has a token');
      return given;
    } catch (failure) {
      story.failedCalls += 1;
      note('has asked for a token in vain');
      throw failure;
    }
  };
  const { renew } = source;
  return {
    token: () => count(source.token(), false),
    ...(renew === undefined ? {} : { renew: () => count(renew(), true) }),
  };
}
