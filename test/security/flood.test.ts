import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SignalPath } from '../../functions/core/ports/signal-path.ts';
import { robotId } from '../../protocol/ids.ts';
import { opened, welcomed } from '../unit/core/support/cast.ts';
import { operator1, rover1, user } from '../unit/core/support/people.ts';
import { newWorld, t0, type World } from '../unit/core/support/world.ts';
import { api, codeSaid, messageEvent } from '../unit/edge/support/gateway-calls.ts';

/** In the long form the times are judged as well; in the short one a busy machine would decide. */
const isLong = process.env.HELIOGRAPH_FUZZ_INPUTS !== undefined;
const roundMs = isLong ? 10_000 : 1_000;
const rounds = isLong ? 3 : 1;

/** As many others, each so often. */
const others = 8;
const calmEveryMs = 100;
/** By ticks of the flood, ten times as many a second as one connection may send. */
const floodEveryMs = 10;
const floodAtOnce = 10;
/** What a read and a post take on AWS, about. */
const awayMs = 5;

/** One instance of the functions, in which a read and a post take their time, and the machine is not what is short. */
async function flooded() {
  const startedAt = performance.now();
  const made = newWorld();
  const clock = { ...made.clock, now: () => t0 + Math.floor(performance.now() - startedAt) };
  const signalPath: SignalPath = {
    async read(key) {
      await pause(awayMs);
      return made.deps.signalPath.read(key);
    },
  };
  const world: World = { ...made, deps: { ...made.deps, clock, signalPath } };
  const call = api(world);
  const key = async (who: Parameters<typeof welcomed>[1], robot: Parameters<typeof welcomed>[1]) => {
    await welcomed(made, robot);
    const socket = await welcomed(made, who);
    const { sessionId } = await opened(made, socket, { robotId: robotId.parse(robot.userName) });
    return { from: socket.connectionId, sessionId, robotId: robot.userName };
  };
  const loud = await key(operator1, rover1);
  const calm = [];
  for (let at = 0; at < others; at += 1) {
    const robot = user(`calm-rover-${at}`, 'robots', 'fleet:demo');
    calm.push(await key(user(`calm-operator-${at}`, 'operators', 'fleet:demo'), robot));
  }
  let seq = 0;
  const send = ({ from, ...of }: typeof loud) => {
    seq += 1;
    return call(
      messageEvent('signal', { action: 'signal', ...of, seq, kind: 'custom', requestId: 'r' }, from),
    );
  };
  return { loud, calm, send };
}

type Stage = Awaited<ReturnType<typeof flooded>>;

/** The calm ones send; with `alsoLoud`, the loud one floods meanwhile. */
async function round({ loud, calm, send }: Stage, alsoLoud: boolean) {
  const tookMs: number[] = [];
  const codes: (string | undefined)[] = [];
  const underWay: Promise<unknown>[] = [];
  let limited = 0;
  let flood = 0;
  const flooding = setInterval(() => {
    for (let each = 0; alsoLoud && each < floodAtOnce; each += 1) {
      flood += 1;
      underWay.push(
        send(loud).then((result) => {
          if (codeSaid(result) === 'rate_limited') limited += 1;
        }),
      );
    }
  }, floodEveryMs);
  const sending = setInterval(() => {
    for (const each of calm) {
      const sentAt = performance.now();
      underWay.push(
        send(each).then((result) => {
          tookMs.push(performance.now() - sentAt);
          codes.push(codeSaid(result));
        }),
      );
    }
  }, calmEveryMs);
  await pause(roundMs);
  clearInterval(flooding);
  clearInterval(sending);
  await Promise.all(underWay);
  return { tookMs, codes, limited, flood };
}

function at(part: number, tookMs: readonly number[]): number {
  const sorted = [...tookMs].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

describe('one connection that floods an instance of the functions', () => {
  it(`is refused what is too much; the others are not refused, ${isLong ? 'and their p99 stays within twice' : 'however long they take'}`, {
    timeout: 60_000 + 4 * rounds * roundMs,
  }, async () => {
    const stage = await flooded();
    // Its first rounds are those of a cold machine.
    await round(stage, true);
    const quiet: number[] = [];
    const beside: number[] = [];
    for (let each = 0; each < rounds; each += 1) {
      const alone = await round(stage, false);
      const both = await round(stage, true);
      quiet.push(...alone.tookMs);
      beside.push(...both.tookMs);
      expect([...alone.codes, ...both.codes].filter((code) => code !== undefined)).toEqual([]);
      expect(both.codes.length).toBeGreaterThan(0);
      // A hundred a second and two hundred at once are let through.
      const most = 200 + (roundMs / 1_000 + 1) * 100;
      expect(both.flood - both.limited).toBeLessThanOrEqual(most);
      expect(both.limited).toBeGreaterThan(0);
    }
    const ratio = at(0.99, beside) / at(0.99, quiet);
    process.stdout.write(
      `One floods: others' p50 ${at(0.5, quiet).toFixed(1)} to ${at(0.5, beside).toFixed(1)} ms, p99 ${at(0.99, quiet).toFixed(1)} to ${at(0.99, beside).toFixed(1)} ms, ${ratio.toFixed(2)}×\n`,
    );
    if (isLong) expect(ratio).toBeLessThanOrEqual(2);
  });
});
