import { GatewayUnreachable, HandshakeRefused } from '../wire/open-socket.ts';
import { IdentityUnreachable, SignInRefused } from '../wire/sign-in.ts';
import { ConnectionLost, ServerRefused } from '../wire/signaling-socket.ts';
import type { OperatorFlags } from './flags.ts';

/** What happened and what to do about it; undefined for a fault of the demo itself. */
export function adviceOn(failure: unknown, { user, robot }: OperatorFlags): string | undefined {
  if (failure instanceof IdentityUnreachable || failure instanceof GatewayUnreachable) {
    return `${failure.message}\nStart it with npm start, or say where it is with --port or --target.`;
  }
  if (failure instanceof SignInRefused) {
    return `${user} cannot sign in: ${failure.message || failure.code}\nThe users are listed on the start page of npm start; another password is taken from HELIOGRAPH_PASSWORD.`;
  }
  if (failure instanceof HandshakeRefused) {
    return `${failure.message}\n${user} must be in a group such as operators or viewers; clocks must agree.`;
  }
  if (failure instanceof ServerRefused) {
    const next =
      failure.code === 'forbidden'
        ? `${user} and ${robot} must share a fleet; viewers may only view.`
        : failure.retryable
          ? 'Try again in a moment.'
          : '';
    return `${failure.message} (${failure.code})\n${next}`.trim();
  }
  if (failure instanceof ConnectionLost)
    return `${failure.message}\nIf npm start still runs, run this again.`;
  return undefined;
}
