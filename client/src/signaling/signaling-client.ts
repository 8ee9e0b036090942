import { type Hello, helloId } from '../connection/connection.ts';
import { type Channels, createChannels } from '../delivery/channels.ts';
import type { Cancel } from '../environment/clock.ts';
import { createEmitter } from '../environment/events.ts';
import { watchForSleep } from '../environment/sleep-watch.ts';
import { ClientClosed } from '../errors.ts';
import type { ClosedReason } from '../reconnect/next-step.ts';
import { createTokenKeeper } from '../tokens/token-keeper.ts';
import { maxMessageBytes } from '../wire/constants.ts';
import type { Answer, Answers, Asking, Message, Request, ServerMessage, Welcome } from '../wire/messages.ts';
import { answers } from './answers.ts';
import { createConnectionCare } from './connection-care.ts';
import type { SignalingClient, SignalingEvents } from './contract.ts';
import { createLink } from './link.ts';
import { type SignalingOptions, settingsOf } from './options.ts';
import { createRequests } from './requests.ts';
import type { SignalingState } from './state.ts';

/** Holes that come one after the other are healed by one resume. */
const leastBetweenHealsMs = 30_000;
/** Two of the largest messages. */
const mostBacklogBytes = 64 * 1024;

/** A client that is not yet started: listen to it first, then `start()`. */
export function createSignalingClient(options: SignalingOptions): SignalingClient {
  const settings = settingsOf(options);
  const { clock, random, logger } = settings;
  const emitter = createEmitter<SignalingEvents>(logger);
  const keeper = createTokenKeeper(settings.tokens, clock);
  let state: SignalingState = { status: 'connecting', attempt: 1 };
  let welcome: Welcome | undefined;
  let healedAt = Number.NEGATIVE_INFINITY;
  let wasToldExpired = false;
  let stopWatching: Cancel | undefined;
  let requestCount = 0;
  const idPrefix = random().toString(36).slice(2, 10);

  const link = createLink(
    {
      deps: { clock, logger, openTransport: settings.transport, heartbeat: settings.heartbeat },
      random,
      address: settings.url,
      keeper,
      hello,
      isBusy: () => channels.isBusy() || requests.isWaiting(),
      isOffline: settings.page.isOffline,
      kind: settings.kind,
    },
    { onWelcome, onMessage, onRecovering, onClosed },
  );
  const connection = () => link.current()?.connection();
  const requests = createRequests({
    clock,
    random,
    transmit: (request) => connection()?.send(request as never),
    onTimeout: () => connection()?.probe(),
    onLate,
  });
  const channels: Channels = createChannels({
    clock,
    maxBytes: () => welcome?.policy.maxMessageBytes ?? maxMessageBytes,
    transmit(signal) {
      const open = connection();
      open?.send(signal);
      return open !== undefined;
    },
    isClogged: () => (connection()?.backlog() ?? 0) > mostBacklogBytes,
    onHole: heal,
    onBusy: (isBusy) => connection()?.setBusy(isBusy),
  });

  const care = createConnectionCare({
    clock,
    random,
    logger,
    keeper,
    ask: (newer) => client.request('refreshToken', { token: newer }),
    onRefreshed,
    onUnavailable: (failure) => emitter.emit('signInRequired', failure),
    onReconnect: () => link.reconnect({ renew: true }),
    onStop: link.stop,
    onAged: () => link.rollOver(),
  });

  function hello(): Hello {
    const { agent } = settings;
    if (!welcome) return { agent };
    const resume = welcome.kind === 'robot' ? (true as const) : welcome.resumeKey;
    return { agent, received: channels.received(), ...(resume ? { resume } : {}) };
  }

  function onWelcome(given: Welcome, token: string): void {
    welcome = given;
    wasToldExpired = false;
    care.begin(given, token);
    const gone = channels.resume(given.sessions);
    connection()?.setBusy(channels.isBusy());
    setState({ status: 'ready', welcome: given });
    if (gone.length > 0) emitter.emit('sessionsGone', gone);
    requests.sendAll();
  }

  function onMessage(message: ServerMessage): void {
    channels.take(message);
    requests.hear(message);
    if (message.type === 'tokenExpired') wasToldExpired = true;
    if (message.type === 'tokenExpiring' || message.type === 'tokenExpired') care.refresh();
    if (message.type === 'goAway') onGoAway(message);
    if (message.type === 'error') onError(message);
    emitter.emit('message', message);
  }

  function onRefreshed({ wasExpired, isAlive }: { wasExpired: boolean; isAlive: boolean }): void {
    emitter.emit('tokenRefreshed', undefined);
    // Nothing is said to an expired connection, nor later: a second one learns by its welcome what it has missed.
    if (isAlive && (wasExpired || wasToldExpired)) link.rollOver();
    wasToldExpired = false;
  }

  function onGoAway({ code, reconnect, reconnectAfterMs }: Message<'goAway'>): void {
    if (reconnect && (code === 'connection_max_age' || code === 'shutdown')) link.rollOver(reconnectAfterMs);
  }

  function onError({ code, requestId, retryAfterMs }: Message<'error'>): void {
    if (code === 'token_expired') {
      wasToldExpired = true;
      care.refresh();
    }
    // The server does not know the connection, or has taken back its `welcome`, which it could not know to have
    // arrived: saying hello is done on a new one.
    // Another side was not told that this one is back: it is by the welcome of a second connection.
    if (requestId === helloId && retryAfterMs !== undefined) link.rollOver(retryAfterMs * (1 + random()));
    const renew = code === 'unauthenticated';
    if (renew || code === 'hello_required') link.reconnect({ renew });
  }

  /** An `openSession` that was given up must leave no ghost. */
  function onLate(message: ServerMessage): void {
    if (message.type !== 'sessionOpened') return;
    const { sessionId, robotId } = message;
    client.request('closeSession', { sessionId, robotId }).catch(() => undefined);
  }

  /** Resuming on a second connection makes the other side send again what is missing here. */
  function heal(): void {
    if (clock.monotonic() - healedAt < leastBetweenHealsMs) return;
    healedAt = clock.monotonic();
    link.rollOver();
  }

  function onRecovering(attempt: number): void {
    if (!link.current()) {
      care.end();
      channels.suspend();
    }
    setState({ status: welcome ? 'recovering' : 'connecting', attempt });
  }

  function onClosed(reason: ClosedReason, cause?: Error): void {
    care.end();
    stopWatching?.();
    channels.stop();
    requests.failAll(new ClientClosed(reason));
    setState({ status: 'closed', reason, ...(cause ? { cause } : {}) });
  }

  function setState(next: SignalingState): void {
    state = next;
    logger.info(next.status === 'closed' ? `Signaling closed: ${next.reason}.` : `Signaling ${next.status}.`);
    emitter.emit('state', next);
  }

  function wake(): void {
    care.recheck();
    link.wake();
  }

  const client: SignalingClient = {
    on: emitter.on,
    state: () => state,
    start() {
      if (stopWatching || state.status === 'closed') return;
      const stops = [watchForSleep(clock, wake), settings.page.onWake(wake)];
      stopWatching = () => {
        for (const stop of stops) stop();
      };
      link.start();
    },
    async request<Name extends Asking>(action: Name, fields: Request<Name>): Promise<Answer<Name>> {
      if (state.status === 'closed') throw new ClientClosed(state.reason);
      requestCount += 1;
      link.hurry();
      const request = { ...fields, action, requestId: `${idPrefix}-${requestCount}` };
      const answer = await requests.ask(request, answers[action], settings.requestWithinMs);
      return answer as Message<Answers[Name]>;
    },
    channel: (key) => channels.open(key),
    endChannel: channels.end,
    refreshToken() {
      keeper.distrust();
      if (!link.current()) link.wake();
      else care.refresh();
    },
    close({ signOut } = {}) {
      connection()?.leave({ action: 'bye', ...(signOut === undefined ? {} : { signOut }) });
      link.stop('closed_by_application');
    },
  };
  return client;
}
