import type fc from 'fast-check';

/** One call that waits for its turn. */
type Waiting = { readonly actor: string; readonly label: string; readonly release: () => void };

/** A moment at which somebody must be chosen to go on. */
export type Decision = {
  /** Who waits, each once, in the order in which they came. */
  readonly actors: readonly string[];
  readonly chosen: number;
  /** Who would have gone on without a switch. */
  readonly usual: number;
  /** What the world was like, and what each has seen of it: equal ones have equal futures. */
  readonly key: string;
};

/** Whose turn it is: given the decision's number and who waits, which of them; undefined: as usual. */
export type Choose = (decision: number) => number | undefined;

/**
 * A scheduler for the model that is told whom to let go on, one port call after the other. Usually the one who
 * went last goes on until it has nothing more to ask; everything else is a switch. Calls that one actor makes
 * at once keep their order.
 */
export function choosingScheduler(of: { readonly choose: Choose; readonly stateKey: () => string }) {
  const waiting: Waiting[] = [];
  const decisions: Decision[] = [];
  /** The states in which each actor has made its calls: all that it can know. */
  const seenBy = new Map<string, string[]>();
  let last: string | undefined;
  let isRecording = false;

  function pick(): Waiting | undefined {
    const actors = [...new Set(waiting.map(({ actor }) => actor))];
    if (actors.length === 0) return undefined;
    const state = of.stateKey();
    const usual = Math.max(0, actors.indexOf(last ?? ''));
    let chosen = usual;
    if (isRecording && actors.length > 1) {
      chosen = of.choose(decisions.length) ?? usual;
      const locals = [...seenBy].map(([actor, states]) => `${actor} ${states.join()}`).sort();
      const labels = waiting.map(({ label }) => label);
      decisions.push({ actors, chosen, usual, key: JSON.stringify([state, locals, labels, last]) });
    }
    const actor = actors[chosen];
    const at = waiting.findIndex((each) => each.actor === actor);
    const [next] = waiting.splice(at, 1);
    if (next === undefined || actor === undefined)
      throw new Error(`There is no choice ${chosen} of ${actors.length}`);
    last = actor;
    seenBy.set(actor, [...(seenBy.get(actor) ?? []), state]);
    return next;
  }

  const scheduler = {
    schedule<T>(task: Promise<T>, label = ''): Promise<T> {
      return new Promise((resolve) => {
        waiting.push({ actor: label.split(':')[0] ?? '', label, release: () => resolve(task) });
      });
    },
    async waitFor<T>(awaited: Promise<T>): Promise<T> {
      let isDone = false;
      const ended = awaited.finally(() => {
        isDone = true;
      });
      ended.catch(() => undefined);
      for (;;) {
        // A macrotask runs only when all that follows from the last call has happened.
        await new Promise((resolve) => setImmediate(resolve));
        if (isDone) return ended;
        pick()?.release();
      }
    },
  };

  return {
    // Of fast-check's scheduler the model uses these two.
    scheduler: scheduler as unknown as fc.Scheduler,
    decisions: decisions as readonly Decision[],
    /** From now on choices are asked for and kept. */
    record() {
      isRecording = true;
      last = undefined;
      seenBy.clear();
    },
    stop() {
      isRecording = false;
    },
  };
}
