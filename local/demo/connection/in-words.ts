import { TokenUnavailable, type TransportEnd } from '../../../client/src/node.ts';

/** What the gateway means by refusing a handshake. */
const refusals: Readonly<Record<number, string>> = {
  400: 'It cannot read the request.',
  401: 'There was no token, or one that is not good here.',
  403: 'The user is known, but not permitted.',
  503: 'It cannot decide now.',
};

/** What a failure says to a person: in Cognito's words, where there are any. */
export function failureInWords(failure: unknown): string {
  if (failure instanceof TokenUnavailable && typeof failure.cause === 'string' && failure.cause !== '') {
    return failure.cause;
  }
  return failure instanceof Error ? failure.message : String(failure);
}

/** A refused handshake, Undefined for every other end of a socket. */
export function refusalInWords({ status }: TransportEnd): string | undefined {
  if (status === undefined) return undefined;
  return `The gateway refused the connection with status ${status}. ${refusals[status] ?? ''}`.trim();
}

export function durationInWords(ms: number): string {
  if (ms >= 2 * 3_600_000) return `${Math.round(ms / 3_600_000)} h`;
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}
