import { DependencyUnavailable } from '../../core/ports/dependency-unavailable.ts';
import { type WhatFailed, whatFailed } from './what-failed.ts';

/**
 * What the port throws for everything that is not `gone`.
 *
 * The cause is a new error with the facts alone (I9), whatever was thrown: an error of Node or of the
 * SDK may hold the request with the signed headers (session token included) and the body that was
 * sent, and its message may quote the body that came back, which an emulator or a proxy fills with
 * what it received.
 */
export function gatewayUnavailable(failure: unknown): DependencyUnavailable {
  const facts = whatFailed(failure);
  return new DependencyUnavailable('@connections', codeOf(facts), causeOf(facts));
}

/** Names that say nothing by themselves: the answer could not be read, or there was none. */
const emptyNames: ReadonlySet<string> = new Set(['Error', 'AggregateError', 'SyntaxError', 'Unknown']);

function codeOf({ name, status, systemCode }: WhatFailed): string {
  // The deadline for the whole call and that for one attempt are the same thing to the caller.
  if (name === 'AbortError') return 'TimeoutError';
  if (!emptyNames.has(name)) return name;
  if (status !== undefined) return `Http${status}`;
  return systemCode ?? name;
}

function causeOf(facts: WhatFailed): Error {
  const { name, ...rest } = facts;
  const cause = new Error(facts.status === undefined ? 'no answer' : `HTTP ${facts.status}`);
  cause.name = name;
  return Object.assign(cause, rest);
}
