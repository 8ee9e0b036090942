import { done, type Outcome } from '../core/outcome.ts';
import type { Answer } from './route.ts';

/** Turns what a use case gives into the message that says it; a refusal stays one. */
export function answer<T>(outcome: Outcome<T>, say: (value: T) => Answer): Outcome<Answer> {
  return outcome.ok ? done(say(outcome.value)) : outcome;
}
