import { describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../functions/core/model/connection.ts';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { listRobots, type RobotPage } from '../../../functions/core/use-cases/list-robots.ts';
import { codeOf, connected, granted, inSession, refresh, socketNamed, welcomed } from './support/cast.ts';
import { admin1, operator1, operator9, rover1, rover2, roverId, user, viewer1 } from './support/people.ts';
import { newWorld, type World } from './support/world.ts';

const pageSize = 50;

function list(world: World, caller: SocketAddress, cursor?: string) {
  return listRobots(world.deps, { caller, cursor });
}

async function pages(world: World, caller: SocketAddress): Promise<string[][]> {
  const all: string[][] = [];
  let cursor: string | undefined;
  do {
    const page: RobotPage = granted(await list(world, caller, cursor));
    all.push(page.robots.map(({ robotId }) => robotId));
    cursor = page.cursor;
  } while (cursor !== undefined && all.length < 20);
  return all;
}

const seen = async (world: World, caller: SocketAddress) => (await pages(world, caller)).flat();

function robots(count: number, prefix: string, ...fleets: string[]) {
  return Array.from({ length: count }, (_, i) =>
    user(`${prefix}-${String(i).padStart(3, '0')}`, 'robots', ...fleets.map((fleet) => `fleet:${fleet}`)),
  );
}

async function here(world: World, ...users: ReturnType<typeof robots>) {
  for (const each of users) await welcomed(world, each);
  return users.map(({ userName }) => userName);
}

describe('listRobots', () => {
  it('says of each robot its state and since when, its fleets, whether it is controlled, by whom and since when', async () => {
    const world = newWorld();
    const { clientSocket, robotSocket } = await inSession(world, rover1, operator1);
    await welcomed(world, rover2);
    const clientId = world.connection(clientSocket)?.client?.clientId;
    const sinceAt = world.clock.at;
    const controlledBy = { clientId, userName: 'operator-1', sinceAt };
    world.pass(1_000);
    expect(granted(await list(world, clientSocket))).toEqual({
      robots: [
        { robotId: 'rover-1', state: 'online', sinceAt, fleets: ['demo'], controlled: true, controlledBy },
        { robotId: 'rover-2', state: 'online', sinceAt, fleets: ['demo'], controlled: false },
      ],
    });
    await bye(world.deps, { caller: robotSocket, signOut: false });
    const [offline] = granted(await list(world, clientSocket)).robots;
    expect(offline).toMatchObject({ state: 'offline', controlled: false });
    expect(offline).not.toHaveProperty('controlledBy');
  });

  it('shows robots of shared fleets to operators and viewers, all to admins, none to others', async () => {
    const world = newWorld();
    await here(world, rover1, user('stray', 'robots'), ...robots(1, 'other', 'other'));
    const of = async (who: typeof operator1) => seen(world, await welcomed(world, who));
    expect(await of(operator1)).toEqual(['rover-1']);
    expect(await of(viewer1)).toEqual(['rover-1']);
    expect(await of(operator9)).toEqual(['other-000']);
    expect(await of(admin1)).toEqual(['other-000', 'rover-1', 'stray']);
    expect(await of(user('fleetless', 'operators'))).toEqual([]);
  });

  it('goes through several fleets, showing each robot once, under the first that is shared', async () => {
    const world = newWorld();
    const names = [
      ...(await here(world, ...robots(60, 'ab', 'a', 'b'))),
      ...(await here(world, ...robots(30, 'b', 'b', 'x'))),
      ...(await here(world, ...robots(45, 'bc', 'c', 'b'))),
      ...(await here(world, ...robots(5, 'c', 'c'))),
    ];
    await here(world, ...robots(9, 'x', 'x'));
    const caller = await welcomed(world, user('of-three', 'viewers', 'fleet:c', 'fleet:a', 'fleet:b'));
    const all = await pages(world, caller);
    expect(all.flat().sort()).toEqual(names.sort());
    expect(all.every((page) => page.length <= pageSize)).toBe(true);
  });

  it('fills a page from the next fleet, and reads no more of it than there is room for', async () => {
    const world = newWorld();
    await here(world, ...robots(20, 'a', 'a'), ...robots(60, 'b', 'b'));
    const caller = await welcomed(world, user('of-two', 'operators', 'fleet:a', 'fleet:b'));
    expect((await pages(world, caller)).map((page) => page.length)).toEqual([50, 30]);
  });

  it.each([0, 1, 49, 50, 51, 100, 101])('pages through %i robots, each once, in order', async (count) => {
    const world = newWorld();
    const names = await here(world, ...robots(count, 'r', 'demo'));
    expect(await seen(world, await welcomed(world, operator1))).toEqual(names);
    expect(await seen(world, await welcomed(world, admin1))).toEqual(names);
  });

  it('keeps to its page size when the robots of a page are all shown before', async () => {
    const world = newWorld();
    const names = await here(world, ...robots(120, 'ab', 'a', 'b'), ...robots(3, 'zb', 'b'));
    const caller = await welcomed(world, user('of-two', 'operators', 'fleet:a', 'fleet:b'));
    const all = await pages(world, caller);
    expect(all.flat()).toEqual(names);
  });

  it('shows no robot that has left the fleet, though the directory may still name it', async () => {
    const world = newWorld();
    await welcomed(world, rover1);
    const row = world.robot();
    if (row !== undefined) world.state.robots.set(row.robotId, { ...row, fleets: ['other'] });
    expect(await seen(world, await welcomed(world, operator1))).toEqual([]);
  });

  it('of a fleet without robots reads no row', async () => {
    const world = newWorld();
    const caller = await welcomed(world, operator1);
    world.tap.forget();
    granted(await listRobots(world.deps, { caller, cursor: undefined }));
    expect(world.tap.count('robots.getMany')).toBe(0);
  });

  it('leaves out a robot whose row is gone', async () => {
    const world = newWorld();
    await here(world, rover1, rover2);
    world.state.robots.delete(roverId);
    expect(await seen(world, await welcomed(world, operator1))).toEqual(['rover-2']);
  });
});

describe('the cursor', () => {
  it.each([
    'nonsense',
    '',
    '{}',
    '[]',
    '["demo"]',
    '["demo","a","b"]',
    '["demo",1]',
    '[1,"a"]',
    '{"0":"demo","1":"a","length":2}',
    '["other","a"]',
    '[null,null]',
    '["__proto__",null]',
    JSON.stringify(['demo', 'x'.repeat(129)]),
  ])('that was forged is a bad request: %s', async (cursor) => {
    const world = newWorld();
    await here(world, rover1, ...robots(1, 'other', 'other'));
    const caller = await welcomed(world, operator1);
    const answer = await list(world, caller, cursor);
    expect(codeOf(answer)).toBe('bad_request');
    if (cursor.length > 3) expect(JSON.stringify(answer)).not.toContain(cursor);
  });

  it('that an admin made up shows an admin nothing but what an admin sees', async () => {
    const world = newWorld();
    await here(world, rover1, rover2);
    const caller = await welcomed(world, admin1);
    expect(codeOf(await list(world, caller, '["demo",null]'))).toBe('bad_request');
    expect(granted(await list(world, caller, '[null,"rover-1"]')).robots).toMatchObject([
      { robotId: 'rover-2' },
    ]);
    expect(granted(await list(world, caller, '[null,""]')).robots).toHaveLength(2);
  });

  it('that names a robot which is not there goes on after where it would be', async () => {
    const world = newWorld();
    await here(world, rover1, rover2);
    const caller = await welcomed(world, operator1);
    expect(granted(await list(world, caller, '["demo","rover-11"]')).robots).toMatchObject([
      { robotId: 'rover-2' },
    ]);
  });

  it.each([null, '', 'a', 'a'.repeat(128)])('that goes on after %j is one of ours', async (after) => {
    const world = newWorld();
    await here(world, rover1);
    const caller = await welcomed(world, operator1);
    const asked: unknown[] = [];
    const fleets = {
      ...world.deps.fleets,
      list: (of: Parameters<typeof world.deps.fleets.list>[0]) => {
        asked.push(of.after);
        return world.deps.fleets.list(of);
      },
    };
    const cursor = JSON.stringify(['demo', after]);
    granted(await listRobots({ ...world.deps, fleets }, { caller, cursor }));
    // A store takes no key without a letter.
    expect(asked[0]).toBe(after === null || after === '' ? undefined : after);
  });

  it('of a fleet that the caller has left is a bad request', async () => {
    const world = newWorld();
    await here(world, ...robots(60, 'r', 'demo'));
    const caller = await welcomed(world, operator1);
    const { cursor } = granted(await list(world, caller));
    await refresh(world, caller, world.tokens.issue({ ...operator1, groups: ['operators'] }));
    expect(codeOf(await list(world, caller, cursor))).toBe('bad_request');
  });
});

describe('listRobots is refused', () => {
  it('to a robot, which learns no more than that it may not', async () => {
    const world = newWorld();
    expect(codeOf(await list(world, await welcomed(world, rover1)))).toBe('forbidden');
  });

  it('before hello, after the token’s end, and on a connection that is not known', async () => {
    const world = newWorld();
    const caller = await connected(world, operator1, { lifeMs: 60_000 });
    expect(codeOf(await list(world, caller))).toBe('hello_required');
    world.pass(60_000);
    expect(codeOf(await list(world, caller))).toBe('token_expired');
    expect(codeOf(await list(world, socketNamed('stranger')))).toBe('unauthenticated');
  });
});

describe('a robot of several fleets', () => {
  it('is shown with those that the caller is in; an admin is told all', async () => {
    const world = newWorld();
    await welcomed(world, { ...rover1, groups: ['robots', 'fleet:demo', 'fleet:secret'] });
    const fleetsFor = async (who: typeof operator1) => {
      const answer = await listRobots(world.deps, { caller: await welcomed(world, who), cursor: undefined });
      return answer.ok ? answer.value.robots.map(({ fleets }) => fleets) : answer.refusal.code;
    };
    expect(await fleetsFor(operator1)).toEqual([['demo']]);
    expect(await fleetsFor(admin1)).toEqual([['demo', 'secret']]);
  });
});

describe('a robot that changes its fleet', () => {
  const moved = { ...rover1, groups: ['robots', 'fleet:other'] };

  it('is listed in the new one after its next hello, and no longer in the old one', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    await welcomed(world, moved, { name: 'B' });
    expect(await seen(world, await welcomed(world, operator9))).toEqual(['rover-1']);
    expect(await seen(world, await welcomed(world, operator1))).toEqual([]);
  });

  it('I5: is listed in the new one after a refresh', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    await refresh(world, a, world.tokens.issue(moved));
    expect(await seen(world, await welcomed(world, operator9))).toEqual(['rover-1']);
  });

  it('by a refresh, is listed in the new one at the latest after its next hello', async () => {
    const world = newWorld();
    const a = await welcomed(world, rover1, { name: 'A' });
    await refresh(world, a, world.tokens.issue(moved));
    await welcomed(world, moved, { name: 'B' });
    expect(await seen(world, await welcomed(world, operator9))).toEqual(['rover-1']);
  });
});
