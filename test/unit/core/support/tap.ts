import { DependencyUnavailable } from '../../../../functions/core/ports/dependency-unavailable.ts';

/** A call of a port that is being kept back: a test does something else in the meantime. */
export type Hold = {
  /** Waits until the call has been made, and throws when the action ends without having made it. */
  reachedBy(action: Promise<unknown>): Promise<void>;
  release(): void;
};

type Failure = {
  readonly call: string;
  /** `after`: the change is made, only its answer is lost. */
  readonly when: 'before' | 'after';
  readonly error: Error;
  times: number;
};

type Waiting = {
  readonly isIt: (call: string) => boolean;
  reach(): void;
  readonly released: Promise<void>;
};

/** Listens in on ports: keeps the order of calls, lets one fail, holds one back. */
export type Tap = ReturnType<typeof newTap>;

export function newTap() {
  const calls: string[] = [];
  const failures: Failure[] = [];
  const holds: Waiting[] = [];
  let stopBefore = Number.POSITIVE_INFINITY;
  let failing: { readonly position: number; readonly when: Failure['when'] } | undefined;

  const failIf = (call: string, when: Failure['when']) => {
    const failure = failures.find((each) => each.call === call && each.when === when && each.times > 0);
    if (failure === undefined) return;
    failure.times -= 1;
    throw failure.error;
  };

  async function through<T>(call: string, make: () => Promise<T>): Promise<T> {
    calls.push(call);
    if (calls.length > stopBefore) throw broken(call);
    const fails = failing?.position === calls.length ? failing.when : undefined;
    const at = holds.findIndex((hold) => hold.isIt(call));
    const [hold] = at < 0 ? [] : holds.splice(at, 1);
    if (hold !== undefined) {
      hold.reach();
      await hold.released;
    }
    if (fails === 'before') throw broken(call);
    failIf(call, 'before');
    const answer = await make();
    if (fails === 'after') throw broken(call);
    failIf(call, 'after');
    return answer;
  }

  function holdBack(what: string, isIt: Waiting['isIt']): Hold {
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    holds.push({ isIt, reach: reached.resolve, released: released.promise });
    return {
      release: released.resolve,
      reachedBy(action) {
        const missed = () => {
          throw new Error(`${what} was not reached`);
        };
        return Promise.race([reached.promise, action.then(missed, missed)]);
      },
    };
  }

  return {
    calls: calls as readonly string[],

    /** Forgets the calls so far, for a test that looks at one action only. */
    forget() {
      calls.length = 0;
    },

    count: (call: string) => calls.filter((each) => each === call).length,

    /** The next call of this name fails, or as many as said. */
    fail(call: string, how: { when?: Failure['when']; times?: number; error?: Error } = {}) {
      const { when = 'before', times = 1, error = broken(call) } = how;
      failures.push({ call, when, times, error });
    },

    /** Lets so many calls through and fails every later one, as for a function that is killed there. */
    killAfter(count: number) {
      stopBefore = calls.length + count;
    },

    /** Lets so many calls through and fails the next, whatever it is; those after it go through again. */
    failAfter(count: number, when: Failure['when'] = 'before') {
      failing = { position: calls.length + count + 1, when };
    },

    /** All is well again. */
    heal() {
      failures.length = 0;
      failing = undefined;
      stopBefore = Number.POSITIVE_INFINITY;
    },

    /** Keeps the next call of this name back until it is released; of `name again`, the one after that. */
    hold(what: string): Hold {
      const call = what.replace(/ again$/, '');
      let others = call === what ? 0 : 1;
      return holdBack(what, (each) => each === call && others-- === 0);
    },

    /** Lets so many calls through and keeps the next back, whatever it is. */
    holdAfter(count: number): Hold {
      const position = calls.length + count + 1;
      return holdBack(`call ${count + 1}`, () => calls.length === position);
    },

    /** The port as before, each of its calls going through the tap under `name.method`, or as named. */
    on<Port extends object>(
      name: string,
      port: Port,
      label: (method: string, args: readonly unknown[]) => string = (method) => `${name}.${method}`,
    ): Port {
      return new Proxy(port, {
        get(target, key) {
          const method: unknown = Reflect.get(target, key);
          if (typeof method !== 'function') return method;
          return (...args: unknown[]) =>
            through(label(String(key), args), async () => Reflect.apply(method, target, args));
        },
      });
    },
  };
}

export function broken(call: string): DependencyUnavailable {
  return new DependencyUnavailable(call, 'BrokenInTest', new Error(`${call} was told to fail`));
}
