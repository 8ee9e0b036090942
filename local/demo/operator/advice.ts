import { ClientClosed, RequestTimedOut, ServerRefused } from '../../../client/src/node.ts';
import { NotEntered } from '../connection/enter.ts';
import type { OperatorFlags } from './flags.ts';

/** What happened and what to do about it; undefined for a fault of the demo itself. */
export function adviceOn(failure: unknown, { user, robot }: OperatorFlags): string | undefined {
  if (failure instanceof NotEntered) return onNotEntered(failure, user);
  if (failure instanceof ServerRefused) {
    const next =
      failure.code === 'forbidden'
        ? `${user} and ${robot} must share a fleet; viewers may only view.`
        : failure.retryable
          ? 'Try again in a moment.'
          : '';
    return `${failure.message} (${failure.code})\n${next}`.trim();
  }
  if (failure instanceof ClientClosed || failure instanceof RequestTimedOut) {
    return `${failure.message}\nIf npm start still runs, run this again.`;
  }
  return undefined;
}

function onNotEntered({ why, message }: NotEntered, user: string): string {
  switch (why) {
    case 'unreachable':
      return `${message}\nStart it with npm start, or say where it is with --port or --target.`;
    case 'sign_in_refused':
      return `${user} cannot sign in: ${message}\nThe users are listed on the start page of npm start; another password is taken from HELIOGRAPH_PASSWORD.`;
    case 'connection_refused':
      return `${message}\n${user} must be in a group such as operators or viewers; clocks must agree.`;
  }
}
