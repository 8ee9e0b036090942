import { createHash } from 'node:crypto';
import { lastCleanup } from '../unit/core/model/commands/cleanup.ts';
import { invariants } from '../unit/core/model/invariants/all.ts';
import type { Look } from '../unit/core/model/look.ts';
import { type ModelWorld, modelWorld } from '../unit/core/model/world.ts';
import { choosingScheduler, type Decision } from './choosing-scheduler.ts';
import type { Scene } from './scenes.ts';

export type Bounds = {
  /** How often somebody else may go on than the one who went last and could. */
  readonly switches: number;
  /** Among how many of the first decisions, each being one call of a port by somebody while others wait. */
  readonly depth: number;
  /** No new schedule is begun after so many. */
  readonly schedules: number;
};

export type Explored = {
  readonly schedules: number;
  /** States of the rows and of the open sockets that were seen between two calls. */
  readonly states: number;
  readonly longest: number;
  /** Whether every interleaving within switches and depth was played. */
  readonly isComplete: boolean;
  readonly failures: readonly { readonly what: string; readonly schedule: readonly string[] }[];
};

const hash = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 16);

/**
 * Plays every interleaving of a scene, within bounds, each from its beginning to the end of everything, and
 * looks at all of it with all invariants of the model. Two schedules that have come to the same state, in which
 * everybody knows the same, go on as one.
 */
export async function explore(scene: Scene, bounds: Bounds): Promise<Explored> {
  const states = new Set<string>();
  const expanded = new Map<string, number>();
  const failures: { what: string; schedule: readonly string[] }[] = [];
  const todo: (readonly number[])[] = [[]];
  let schedules = 0;
  let longest = 0;
  for (let prefix = todo.pop(); prefix !== undefined && schedules < bounds.schedules; prefix = todo.pop()) {
    const { decisions, failure } = await play(scene, prefix, states);
    schedules += 1;
    longest = Math.max(longest, decisions.length);
    if (failure !== undefined) {
      failures.push({
        what: failure,
        schedule: decisions.map(({ actors, chosen }) => actors[chosen] ?? '?'),
      });
      if (failures.length >= 20) break;
    }
    todo.push(...alternatives(decisions, prefix.length, bounds, expanded));
  }
  return { schedules, states: states.size, longest, isComplete: todo.length === 0, failures };
}

/** What else could have been chosen after the given choices, as the choices that lead there. */
function alternatives(
  decisions: readonly Decision[],
  from: number,
  { switches, depth }: Bounds,
  expanded: Map<string, number>,
): (readonly number[])[] {
  const found: number[][] = [];
  let used = decisions.slice(0, from).filter(({ chosen, usual }) => chosen !== usual).length;
  for (const [at, { actors, chosen, usual, key }] of decisions.entries()) {
    if (at < from) continue;
    if (at >= depth || used >= switches) break;
    // With as many switches left, all that can follow has been played or is on the list.
    const known = expanded.get(key);
    if (known !== undefined && known <= used) break;
    expanded.set(key, used);
    const before = decisions.slice(0, at).map((decision) => decision.chosen);
    for (const other of actors.keys()) if (other !== chosen) found.push([...before, other]);
    if (chosen !== usual) used += 1;
  }
  return found;
}

async function play(scene: Scene, prefix: readonly number[], states: Set<string>) {
  let log = '';
  const keep = (line: string) => {
    log = hash(log + line);
  };
  const looks: Look[] = [...invariants.map(({ look }) => look()), logging(keep)];
  let world: ModelWorld | undefined;
  const stateKey = () => {
    if (world === undefined) return '';
    const key = hash(rowsOf(world));
    states.add(key);
    return hash(key + log);
  };
  const choosing = choosingScheduler({ choose: (decision) => prefix[decision], stateKey });
  let failure: string | undefined;
  try {
    world = modelWorld(choosing.scheduler, looks, { skewMs: 0, indexLagMs: 0 });
    for (const round of scene.before) await world.play(round);
    choosing.record();
    await world.play({ steps: scene.atOnce, faults: [], thenPass: 1 });
    choosing.stop();
    // Then everybody goes, nobody tells of it, and time passes: nothing may stay.
    for (const { connectionId } of world.sockets) world.gateway.cut(connectionId);
    for (let i = 0; i < 6; i += 1) await world.play({ steps: [lastCleanup], faults: [], thenPass: 120_000 });
    for (const look of looks) look.atTheEnd?.(world);
  } catch (thrown) {
    failure = thrown instanceof Error ? thrown.message : String(thrown);
  }
  return { decisions: choosing.decisions, failure };
}

/** All that the looks can remember follows from what is told here, in its order. */
function logging(tell: (line: string) => void): Look {
  const line = (what: string) => (_world: ModelWorld, of: object) => tell(`${what} ${JSON.stringify(of)}`);
  return {
    connection: line('connection'),
    robot: line('robot'),
    session: line('session'),
    delivered: line('delivered'),
    heard: line('heard'),
    failed: line('failed'),
    answered: line('answered'),
    noted: line('noted'),
  };
}

function rowsOf({ state, gateway, clock }: ModelWorld): string {
  const plain = (_: string, value: unknown) =>
    value instanceof Map ? [...value] : value instanceof Set ? [...value] : value;
  return JSON.stringify([state, [...gateway.open], gateway.owed, clock.at], plain);
}
