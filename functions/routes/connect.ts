import { acceptedSubprotocol, credentialsOf } from '../core/credentials.ts';
import { type ConnectDeps, connect } from '../core/use-cases/connect.ts';
import { handshakeOf } from '../edge/gateway-event.ts';
import type { RouteHandler } from '../edge/route.ts';
import { edgeHeader } from '../environment-names.ts';

export type ConnectRouteDeps = ConnectDeps & {
  readonly queryToken: boolean;
  /** Whether a handshake came by the way that is meant, CloudFront and its firewall say. */
  readonly cameByEdge: (header: string | undefined) => boolean;
};

/** `$connect`: authenticates the handshake. Only our own subprotocol is echoed, never the token's. */
export const connectRoute: RouteHandler<ConnectRouteDeps> = async (deps, { event, caller }) => {
  const handshake = handshakeOf(event);
  if (!deps.cameByEdge(handshake.headers[edgeHeader])) {
    deps.lifeLog.note({ type: 'connect_refused', status: 403, reason: 'past_the_edge' });
    return { statusCode: 403, body: JSON.stringify({ message: 'Connect by the public address.' }) };
  }
  const credentials = credentialsOf(handshake, { queryToken: deps.queryToken });
  const admission = await connect(deps, { socket: caller, credentials });
  if (!admission.admitted) {
    return { statusCode: admission.status, body: JSON.stringify({ message: admission.message }) };
  }
  const accepted = acceptedSubprotocol(handshake);
  return accepted === undefined
    ? { statusCode: 200 }
    : { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': accepted } };
};
