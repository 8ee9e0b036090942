import {
  cognitoTokens,
  createSignalingClient,
  type Message,
  type SignalingState,
  TokenUnavailable,
  type TransportEnd,
} from '../../../client/src/node.ts';
import { failureInWords, refusalInWords } from '../connection/in-words.ts';
import { watchedTokens } from '../connection/watched-tokens.ts';
import { watchedTransport } from '../connection/watched-transport.ts';
import type { Target } from '../target.ts';
import type { Pose } from './kinematics.ts';
import { serveSessions } from './robot-sessions.ts';

export type RobotOptions = {
  readonly target: Target;
  readonly userName: string;
  readonly password: string;
  /** One line per change of life; never a token or an SDP. */
  readonly say: (line: string) => void;
  /** Ends the robot: it says `bye` and is done. */
  readonly stop: AbortSignal;
};

/**
 * Signs in, connects, serves sessions, and comes back whenever the connection is lost, until it is
 * told to stop: all of that is the client package's; here it is put into words.
 *
 * @returns whether it ended as it should; false when it cannot go on without a person.
 */
export async function runRobot(options: RobotOptions): Promise<boolean> {
  const { target, userName, password, say, stop } = options;
  let lastEnd: TransportEnd | undefined;
  let goAway: Message<'goAway'> | undefined;
  let isOnline = false;
  const line = watchedTransport({
    onEnd(end) {
      lastEnd = end;
      const refused = refusalInWords(end);
      if (refused !== undefined) say(refused);
    },
  });
  const signIn = cognitoTokens({
    endpoint: target.identity,
    clientId: target.clientIds.robots,
    signIn: { userName, password },
  });
  const client = createSignalingClient({
    url: target.gateway,
    tokens: watchedTokens(signIn, { onFailure: (failure) => say(failureInWords(failure)) }),
    transport: line.transport,
    kind: 'robot',
    agent: 'heliograph-demo-robot',
  });
  const sessions = serveSessions(client, { say, startsAt: startOf(userName) });

  client.on('tokenRefreshed', () => say('token refreshed on the open connection'));
  client.on('message', (message) => {
    if (message.type !== 'goAway') return;
    goAway = message;
    // Another device is the robot now: nobody must drive this one by a peer that is still open.
    if (message.code === 'replaced') sessions.closePeers('replaced by another device');
  });
  const ended = Promise.withResolvers<boolean>();
  client.on('state', (state) => {
    for (const text of linesFor(state, { userName, lastEnd, goAway, isOnline })) say(text);
    isOnline = state.status === 'ready';
    if (state.status === 'ready') goAway = undefined;
    if (state.status === 'closed') ended.resolve(state.reason === 'closed_by_application');
  });

  const leave = () => {
    say('leaving');
    client.close();
  };
  stop.addEventListener('abort', leave, { once: true });
  client.start();
  if (stop.aborted) leave();
  const isAsItShould = await ended.promise;
  stop.removeEventListener('abort', leave);
  await sessions.stop();
  await line.allEnded();
  return isAsItShould;
}

/** Three in a row, so that they do not stand in each other. */
function startOf(userName: string): Pose {
  const number = Number(/\d+$/.exec(userName)?.[0] ?? 1);
  return { xM: 0, yM: 0.8 * (number - 1), headingRad: 0 };
}

function linesFor(
  state: SignalingState,
  of: {
    readonly userName: string;
    readonly lastEnd: TransportEnd | undefined;
    readonly goAway: Message<'goAway'> | undefined;
    /** Until now. */
    readonly isOnline: boolean;
  },
): string[] {
  switch (state.status) {
    case 'connecting':
      return [`not connected; attempt ${state.attempt} follows`];
    case 'ready': {
      const { robotId = of.userName, tokenExpiresAt, sentAt } = state.welcome;
      return [`online as ${robotId}, token good for ${Math.round((tokenExpiresAt - sentAt) / 1000)} s`];
    }
    case 'recovering': {
      if (!of.isOnline) return [`still not connected; attempt ${state.attempt} follows`];
      const why = [of.lastEnd?.code ?? 'no answer', ...(of.goAway === undefined ? [] : [of.goAway.code])];
      const pause = of.goAway?.code === 'replaced' ? '; the next attempt is in a minute' : '';
      return [`connection lost (${why.join(', ')})${pause}`];
    }
    case 'closed':
      return whyClosed(state, of.userName);
  }
}

function whyClosed(
  { reason, cause }: Extract<SignalingState, { status: 'closed' }>,
  userName: string,
): string[] {
  switch (reason) {
    case 'closed_by_application':
      return [];
    case 'sign_in_required':
      return cause instanceof TokenUnavailable
        ? [`${userName} cannot sign in; correct HELIOGRAPH_USER or HELIOGRAPH_PASSWORD and start it again`]
        : [`${userName} must sign in again`];
    case 'revoked':
      return [`the sign-in of ${userName} was revoked; start it again when it may return`];
    case 'identity_contested':
      return [`another device signs in as ${userName} again and again; stop one of the two`];
    default:
      return [`the server does not want this robot: ${reason}`];
  }
}
