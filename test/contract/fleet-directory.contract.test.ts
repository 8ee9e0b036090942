import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { client, entering, leaving, names, robot } from './support/samples.ts';

onEveryAdapter('FleetDirectory', (stores) => {
  const directory = () => stores().fleets;
  const list = (fleet?: string) => directory().list({ fleet, after: undefined, limit: 1000 });
  const enlist = (robotId: string, fleets: string[], left: string[] = []) =>
    directory().enlist(robot(robotId), { fleets, left });

  it('lists a robot under its fleets and under all', async () => {
    await enlist('rover-1', ['a', 'b']);
    await enlist('rover-2', ['b']);
    await enlist('rover-3', []);
    expect(await list('a')).toEqual(['rover-1']);
    expect(await list('b')).toEqual(['rover-1', 'rover-2']);
    expect(await list()).toEqual(['rover-1', 'rover-2', 'rover-3']);
    expect(await list('c')).toEqual([]);
  });

  it('takes it out of the fleets that it has left, and never out of all', async () => {
    await enlist('rover-1', ['a', 'b']);
    await enlist('rover-1', ['b', 'c'], ['a', 'never-in']);
    expect(await list('a')).toEqual([]);
    expect(await list('b')).toEqual(['rover-1']);
    expect(await list('c')).toEqual(['rover-1']);
    expect(await list()).toEqual(['rover-1']);
  });

  it('keeps it in a fleet that is named both ways', async () => {
    await enlist('rover-1', ['a', 'a'], ['a', 'b', 'b']);
    expect(await list('a')).toEqual(['rover-1']);
  });

  it('pages in the order of the ids, without gap or repeat', async () => {
    const robots = names('rover', 25);
    await Promise.all([...robots].reverse().map((name) => enlist(name, ['a'])));
    for (const fleet of ['a', undefined]) {
      const pages: (readonly string[])[] = [];
      let after: ReturnType<typeof robot> | undefined;
      do {
        const page = await directory().list({ fleet, after, limit: 10 });
        pages.push(page);
        after = page.at(-1);
      } while (after !== undefined);
      expect(pages.map((page) => page.length)).toEqual([10, 10, 5, 0]);
      expect(pages.flat()).toEqual(robots);
    }
  });

  it('goes on after an id that is no longer listed', async () => {
    await enlist('rover-1', ['a']);
    await enlist('rover-3', ['a']);
    expect(await directory().list({ fleet: 'a', after: robot('rover-2'), limit: 10 })).toEqual(['rover-3']);
  });

  it('orders ids by their bytes, also beyond the basic plane', async () => {
    for (const name of ['\u{1F916}', '\uFF5E', 'é', 'z', 'Z', '#']) await enlist(name, ['a']);
    expect(await list('a')).toEqual(['#', 'Z', 'z', 'é', '\uFF5E', '\u{1F916}']);
  });

  describe('odd names', () => {
    it.each(['#', 'a#robot#x', 'robots', 'client#k', 'all robots', '/', 'ü', 'a b', '~'])(
      'keep fleet %s apart from every other row',
      async (fleet) => {
        await stores().clients.enter(entering('k'));
        await enlist('plain', ['a']);
        await enlist('robot#odd', [fleet]);
        expect(await list(fleet)).toEqual(['robot#odd']);
        expect(await list('a')).toEqual(['plain']);
        expect(await list()).toEqual(['plain', 'robot#odd']);
        expect(await stores().clients.detach(client('k'), leaving('c1'))).toEqual({ epoch: 1, sessions: [] });
      },
    );
  });
});
