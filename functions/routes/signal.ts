import { signal } from '../../protocol/messages/from-client/signal.ts';
import { type RelayDeps, relaySignal } from '../core/use-cases/relay-signal.ts';
import { answer } from '../edge/answer.ts';
import { messageRoute } from '../edge/route.ts';

/** `signal`: passed to the other side; acknowledged only when asked for by a `requestId`. */
export const signalRoute = messageRoute(signal, async (deps: RelayDeps, { caller, message }) =>
  answer(await relaySignal(deps, { caller, signal: message }), (accepted) =>
    message.requestId === undefined ? undefined : { type: 'signalAck', ...accepted },
  ),
);
