import * as z from 'zod';
import { runRobot } from './robot/run-robot.ts';
import { parseTarget, TargetUnreadable } from './target.ts';

const environment = z.object({
  HELIOGRAPH_TARGET: z.string(),
  HELIOGRAPH_USER: z.string(),
  HELIOGRAPH_PASSWORD: z.string(),
});

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** The demo robot: `npm start` runs it as `rover-1` in a process of its own. Gives the exit code. */
async function main(): Promise<number> {
  const given = environment.safeParse(process.env);
  if (!given.success) {
    say('The robot needs HELIOGRAPH_TARGET, HELIOGRAPH_USER and HELIOGRAPH_PASSWORD in its environment.');
    return 2;
  }
  const stop = new AbortController();
  // Not once: a second one must not cut the goodbye short; who is in a hurry has SIGKILL.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  const { HELIOGRAPH_TARGET, HELIOGRAPH_USER: userName, HELIOGRAPH_PASSWORD: password } = given.data;
  try {
    const target = parseTarget(HELIOGRAPH_TARGET, 'HELIOGRAPH_TARGET');
    return (await runRobot({ target, userName, password, say, stop: stop.signal })) ? 0 : 1;
  } catch (failure) {
    if (!(failure instanceof TargetUnreadable)) throw failure;
    say(failure.message);
    return 2;
  }
}

process.exitCode = await main();
