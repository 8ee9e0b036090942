import { describe, expect, it } from 'vitest';
import { disorder } from './support/at-rest.ts';
import { codeOf, granted, keyOf, refresh } from './support/cast.ts';
import {
  believedBy,
  type Crew,
  controlOf,
  crew,
  grant,
  request,
  robot,
  socketOf,
} from './support/controlling.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { operator2, viewer1 } from './support/people.ts';
import { back, lose } from './support/returning.ts';

const nowViewer = { ...operator2, groups: viewer1.groups };
const becomesViewer = ({ world }: Crew) => refresh(world, socketOf('second'), world.tokens.issue(nowViewer));
const leavesFleet = ({ world }: Crew) =>
  refresh(
    world,
    socketOf('second'),
    world.tokens.issue({ ...operator2, groups: ['operators', 'fleet:other'] }),
  );

/** Its session was opened to view, and was given control since. */
async function secondInControl() {
  const team = await crew();
  granted(await request(team, 'second'));
  return team;
}

describe('I5: who holds control by a session that was opened to view', () => {
  it('loses it with its session when it leaves the fleet', async () => {
    const team = await secondInControl();
    granted(await leavesFleet(team));
    expect(team.world.session(team.sessions.second)).toBeUndefined();
    expect(controlOf(team.world)).toEqual({ controller: undefined, leaseEpoch: 2 });
    expect(believedBy(team.world, robot)).toEqual(controlOf(team.world));
  });

  it('holds it no more when a refresh makes it a viewer', async () => {
    const team = await secondInControl();
    granted(await becomesViewer(team));
    expect(controlOf(team.world).controller).toBeUndefined();
    expect(believedBy(team.world, robot)).toEqual(controlOf(team.world));
  });

  it('holds it no more when it comes back as a viewer', async () => {
    const team = await secondInControl();
    const { world } = team;
    const key = keyOf(world, socketOf('second'));
    await lose(world, socketOf('second'));
    await back(world, { resume: key, as: nowViewer });
    expect(controlOf(world).controller).toBeUndefined();
    expect(believedBy(world, robot)).toEqual(controlOf(world));
  });

  it('cannot be asked for again by one who has become a viewer', async () => {
    const team = await crew();
    granted(await becomesViewer(team));
    expect(codeOf(await request(team, 'second'))).toBe('forbidden');
  });

  it('nor be handed over to one', async () => {
    const team = await crew({ holder: 'operator' });
    granted(await becomesViewer(team));
    expect(codeOf(await grant(team, 'operator', team.sessions.second))).toBe('forbidden');
    expect(disorder(team.world)).toEqual([]);
  });
});

const moments: readonly { what: string; holder?: 'operator'; change: (team: Crew) => Promise<unknown> }[] = [
  { what: 'it asks for control', change: (team) => request(team, 'second') },
  {
    what: 'control is handed over to it',
    holder: 'operator',
    change: (team) => grant(team, 'operator', team.sessions.second),
  },
];
const losses = [
  { loses: 'becomes a viewer', lose: becomesViewer },
  { loses: 'leaves the fleet', lose: leavesFleet },
];

describe.each(moments.flatMap((moment) => losses.map((loss) => ({ ...moment, ...loss }))))(
  'I5: who $loses at the very moment in which $what',
  ({ holder, change, lose }) => {
    it('in whatever order: it does not control', async () => {
      const wrong: string[] = [];
      for (const [action, by] of [
        [change, lose],
        [lose, change],
      ] as const) {
        const found = await overtakenAtEachStep<Crew, unknown>({
          scene: () => crew(holder === undefined ? {} : { holder }),
          action,
          by,
          judge: ({ world, sessions }) => expect(controlOf(world).controller).not.toBe(sessions.second),
        });
        wrong.push(...found);
      }
      expect(wrong).toEqual([]);
    });
  },
);
