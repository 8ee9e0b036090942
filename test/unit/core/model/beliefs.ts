import type { ConnectionId } from '../../../../protocol/ids.ts';
import type { ModelWorld } from './world.ts';

type Word<Fact> = { readonly fact: Fact; readonly round: number };

/**
 * What sockets were told last, by subject. A post that failed leaves a doubt about everything that was told
 * until the end of that round: then only a later word counts.
 */
export function beliefs<Subject, Fact>() {
  const words = new Map<ConnectionId, Map<Subject, Word<Fact>>>();
  const doubted = new Map<ConnectionId, number>();
  let round = 0;

  return {
    told(to: ConnectionId, subject: Subject, fact: Fact) {
      words.set(to, (words.get(to) ?? new Map()).set(subject, { fact, round }));
    },
    forget(to: ConnectionId) {
      words.delete(to);
    },
    doubt(to: ConnectionId) {
      doubted.set(to, round);
    },
    isDoubted: (to: ConnectionId) => doubted.get(to) === round,
    /** Whether a word of this round has been heard of it. */
    isFresh: (to: ConnectionId, subject: Subject) => words.get(to)?.get(subject)?.round === round,
    /** What it must take for true; undefined when it was told nothing, or what it was told may be past. */
    of(to: ConnectionId, subject: Subject): Fact | undefined {
      const word = words.get(to)?.get(subject);
      return word === undefined || word.round <= (doubted.get(to) ?? -1) ? undefined : word.fact;
    },
    subjects: (to: ConnectionId): readonly Subject[] => [...(words.get(to)?.keys() ?? [])],
    nextRound() {
      round++;
    },
  };
}

/** Somebody who hears what is said: ready, alive, and with a way to us. */
export function isListening({ state, gateway, clock }: ModelWorld, id: ConnectionId): boolean {
  const row = state.connections.get(id);
  return row?.state === 'ready' && row.token.expiresAt > clock.at && gateway.canHear(id);
}
