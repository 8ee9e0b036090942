import { describe, expect, it } from 'vitest';
import { standingHolder } from '../../../functions/core/model/robot-session.ts';
import { closeSession } from '../../../functions/core/use-cases/close-session.ts';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { cleanUp, cleanUpUntil, granted, opened, sent } from './support/cast.ts';
import {
  type Crew,
  crew,
  grant,
  type Name,
  release,
  request,
  robot,
  socketOf,
} from './support/controlling.ts';
import { failedAtEachStep, overtakenAtEachStep } from './support/interruption.ts';
import { admin1, operator9, roverId, viewer1 } from './support/people.ts';
import { lose } from './support/returning.ts';
import { watcher } from './support/watching.ts';

const names = { operator: 'operator-1', second: 'operator-2', admin: 'admin-1' } as const;

async function watched(of: { holder?: Exclude<Name, 'viewer'> } = {}) {
  const team = await crew(of);
  return {
    ...team,
    viewer: await watcher(team.world, viewer1),
    admin: await watcher(team.world, admin1),
    stranger: await watcher(team.world, operator9),
  };
}
type Watched = Awaited<ReturnType<typeof watched>>;

/** As those are told who see the robot that this one drives, from now on. */
function heldBy({ world, sessions }: Crew, name: keyof typeof names) {
  const clientId = world.session(sessions[name])?.clientId;
  return { clientId, userName: names[name], sinceAt: world.clock.at };
}

function told({ world, viewer }: Watched) {
  return sent(world, viewer, 'robotStatus').map(({ controlledBy }) => controlledBy);
}

describe('robotStatus says who controls the robot, and since when', () => {
  it('when control is taken, asked for, handed over, forced and released', async () => {
    const made = await watched();
    const { world } = made;
    const { sinceAt } = world.robot() ?? { sinceAt: 0 };
    const expected: object[] = [];
    const step = async (holder: keyof typeof names | undefined, act: () => Promise<unknown>) => {
      world.pass(1_000);
      const controlledBy = holder && { controlledBy: heldBy(made, holder) };
      await act();
      expected.push({ type: 'robotStatus', robotId: roverId, state: 'online', sinceAt, ...controlledBy });
      for (const seeing of [made.viewer, made.admin])
        expect(sent(world, seeing, 'robotStatus')).toEqual(expected);
    };
    await step('operator', async () => granted(await request(made, 'operator')));
    // What is refused changes nothing.
    await request(made, 'second');
    await step('second', async () => granted(await grant(made, 'operator', made.sessions.second)));
    await step('admin', async () => granted(await request(made, 'admin', { force: true })));
    await step(undefined, async () => granted(await release(made, 'admin')));
    expect(sent(world, made.stranger, 'robotStatus')).toEqual([]);
  });

  it('when a session is opened with control, and when that is closed', async () => {
    const made = await watched();
    const { world } = made;
    const { sessionId } = await opened(world, socketOf('second'), { requestId: 'another' });
    expect(told(made)).toEqual([heldBy(made, 'second')]);
    await closeSession(world.deps, {
      ...{ caller: socketOf('second'), robotId: roverId, sessionId, reason: 'closed' },
    });
    expect(told(made)).toEqual([heldBy(made, 'second'), undefined]);
  });

  it('with its state when that changes, and no more when the robot is offline', async () => {
    const made = await watched({ holder: 'operator' });
    const { world } = made;
    const held = world.robot()?.controlHolder;
    expect(held).toMatchObject({ userName: 'operator-1' });
    await lose(world, robot);
    expect(told(made)).toEqual([held]);
    await cleanUpUntil(world, world.clock.at + world.policy.resumeWindowMs);
    expect(sent(world, made.viewer, 'robotStatus').at(-1)).not.toHaveProperty('controlledBy');
  });

  it('when whoever had it did not come back', async () => {
    const made = await watched({ holder: 'operator' });
    const { world } = made;
    await disconnect(world.deps, socketOf('operator'));
    expect(told(made)).toEqual([]);
    world.pass(world.policy.resumeWindowMs);
    await cleanUp(world);
    expect(told(made)).toEqual([undefined]);
  });

  it('a handover that the robot cannot be told of changes neither the holder nor since when', async () => {
    const made = await watched({ holder: 'operator' });
    const { world } = made;
    const before = world.robot()?.controlHolder;
    world.tap.fail(`post controlChanged to ${robot.connectionId}`);
    await expect(grant(made, 'operator', made.sessions.second)).rejects.toThrow();
    expect(world.robot()?.controlHolder).toEqual(before);
    expect(told(made).every((holder) => holder?.sinceAt === before?.sinceAt)).toBe(true);
  });
});

describe('whatever comes in between, the last word to who watches is how it is', () => {
  const forces = (made: Watched) => request(made, 'admin', { force: true });
  const gives = (made: Watched) => grant(made, 'operator', made.sessions.second);
  const releases = (made: Watched) => release(made, 'operator');
  const isLost = async ({ world }: Watched) => lose(world, robot);

  const expectTrue = ({ world, viewer }: Watched) => {
    const last = sent(world, viewer, 'robotStatus').at(-1);
    const now = world.robot();
    if (last === undefined || now === undefined) return;
    expect(last).toMatchObject({ state: now.state, sinceAt: now.sinceAt });
    // Taken back, and the robot is not there to be told: it is settled, and said, when it is back.
    if (now.controlUnconfirmed === true) expect(now.state).toBe('away');
    else expect(last.controlledBy).toEqual(standingHolder(now));
  };

  it.each([
    { what: 'forced while it is handed over', action: gives, by: forces },
    { what: 'handed over while it is forced', action: forces, by: gives },
    { what: 'forced while it is released', action: releases, by: forces },
    { what: 'lost while it is handed over', action: gives, by: isLost },
    { what: 'handed over while it is lost', action: isLost, by: gives },
  ])('$what', async ({ action, by }) => {
    const wrong = await overtakenAtEachStep<Watched, unknown>({
      scene: () => watched({ holder: 'operator' }),
      action,
      by: async (made) => {
        made.world.pass(1_000);
        await by(made);
      },
      judge: expectTrue,
    });
    expect(wrong).toEqual([]);
  });

  it.each([{ change: forces }, { change: gives }, { change: releases }])(
    'any one answer that is lost: $change.name',
    async ({ change }) => {
      const wrong = await failedAtEachStep<Watched, unknown>(
        {
          scene: () => watched({ holder: 'operator' }),
          action: change,
          judge: async (made, { step }) => {
            // What was to say it was itself lost: the list says it.
            if (/watchersOf|post robotStatus/.test(step)) return;
            expectTrue(made);
          },
        },
        'after',
      );
      expect(wrong).toEqual([]);
    },
  );
});
