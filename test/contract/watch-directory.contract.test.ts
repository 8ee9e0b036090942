import { describe, expect, it } from 'vitest';
import { topicsOf, topicsOfRobots, topicsOn } from '../../functions/core/model/watch.ts';
import { onEveryAdapter } from './support/adapters.ts';
import { clientIn } from './support/clients.ts';
import {
  bothOrders,
  client,
  connectionId,
  leaving,
  names,
  principal,
  robot,
  t0,
  watcher,
} from './support/samples.ts';

const a = watcher('a');
const b = watcher('b');

onEveryAdapter('WatchDirectory', (stores) => {
  const directory = () => stores().watches;
  const watch = (name: string, ...topics: string[]) => directory().watch(watcher(name), topics);
  const unwatch = (name: string, ...topics: string[]) => directory().unwatch(connectionId(name), topics);
  const namesOf = async (...topics: string[]) =>
    (await directory().watchersOf(topics)).map((watcher) => watcher.connectionId).sort();

  it('gives who watches a topic, with where it can be reached and until when', async () => {
    await directory().watch(a, ['fleet#demo']);
    expect(await directory().watchersOf(['fleet#demo'])).toEqual([a]);
    expect(await directory().watchersOf(['fleet#other'])).toEqual([]);
  });

  it('gives an id as the gateway makes them', async () => {
    const one = watcher('LrP3Fc-lPHcCJ1g=');
    await directory().watch(one, ['all']);
    expect(await directory().watchersOf(['all'])).toEqual([one]);
  });

  it('gives all who watch a topic', async () => {
    const watchers = names('c', 30);
    await Promise.all(watchers.map((name) => watch(name, 'all')));
    expect(await namesOf('all')).toEqual(watchers);
  });

  it('gives each watcher once, whichever of the topics it watches', async () => {
    await watch('a', 'all', 'fleet#x', 'fleet#y', 'robot#r');
    await watch('b', 'fleet#y');
    await watch('c', 'fleet#z');
    expect(await namesOf('all', 'robot#r', 'fleet#x', 'fleet#y')).toEqual(['a', 'b']);
    expect(await namesOf('fleet#y', 'fleet#z')).toEqual(['a', 'b', 'c']);
    expect(await namesOf('fleet#x', 'fleet#x')).toEqual(['a']);
  });

  it('gives nobody of no topic, and watches nothing by none', async () => {
    await watch('a', 'all');
    await watch('b');
    await unwatch('a');
    expect(await directory().watchersOf([])).toEqual([]);
    expect(await namesOf('all')).toEqual(['a']);
  });

  it('may be told twice, and then has the newer copy', async () => {
    await directory().watch(a, ['all']);
    await directory().watch({ ...a, tokenExpiresAt: a.tokenExpiresAt + 9000 }, ['all']);
    expect(await directory().watchersOf(['all'])).toEqual([
      { ...a, tokenExpiresAt: a.tokenExpiresAt + 9000 },
    ]);
  });

  it('may be told a topic twice at once', async () => {
    await watch('a', 'all', 'all');
    expect(await namesOf('all')).toEqual(['a']);
    await unwatch('a', 'all', 'all');
    expect(await namesOf('all')).toEqual([]);
  });

  describe('unwatch', () => {
    it('takes the watcher out of the topics named, and of no other', async () => {
      await watch('a', 'fleet#x', 'fleet#y', 'fleet#z');
      await unwatch('a', 'fleet#x', 'fleet#z');
      expect(await namesOf('fleet#x', 'fleet#z')).toEqual([]);
      expect(await namesOf('fleet#y')).toEqual(['a']);
    });

    it('leaves the other watchers', async () => {
      await directory().watch(a, ['all']);
      await directory().watch(b, ['all']);
      await unwatch('a', 'all');
      expect(await directory().watchersOf(['all'])).toEqual([b]);
    });

    it('is content when there is nothing, and may be repeated', async () => {
      await unwatch('a', 'all', 'fleet#x');
      await watch('a', 'all');
      await unwatch('a', 'all', 'fleet#never');
      await unwatch('a', 'all', 'fleet#never');
      expect(await namesOf('all', 'fleet#never')).toEqual([]);
    });

    it('can be undone by watching again', async () => {
      await watch('a', 'all');
      await unwatch('a', 'all');
      await watch('a', 'all');
      expect(await namesOf('all')).toEqual(['a']);
    });

    it.each(bothOrders)('of one and the coming of another at once mix nothing ($order)', async ({ race }) => {
      for (const topic of names('raced', 10)) {
        await watch('a', topic);
        await race(
          () => unwatch('a', topic),
          () => watch('b', topic),
        );
        expect(await namesOf(topic)).toEqual(['b']);
      }
    });
  });

  describe('names', () => {
    const alike = [
      'a',
      'ab',
      'a#',
      'a#b',
      '#a',
      'A',
      'a ',
      'ä',
      'robots',
      'all',
      'fleet#a',
      'watch#a',
      '\u{1F916}',
    ];
    const topics = ['all', ...alike.map((name) => `fleet#${name}`), ...alike.map((name) => `robot#${name}`)];

    it('that begin alike, or hold a #, do not mix', async () => {
      await Promise.all(topics.map((topic, i) => watch(`w${i}`, topic)));
      for (const [i, topic] of topics.entries()) {
        expect(await namesOf(topic), topic).toEqual([`w${i}`]);
      }
      await unwatch('w1', 'fleet#a');
      for (const [i, topic] of topics.entries()) {
        expect(await namesOf(topic), topic).toEqual(topic === 'fleet#a' ? [] : [`w${i}`]);
      }
    });

    it.each(alike)('a robot in fleet %o is heard of by who watches it, its fleet, or all', async (name) => {
      await watch('of all', ...topicsOf(['admins']));
      await watch('of fleet', ...topicsOf(['operators', `fleet:${name}`]));
      await watch('of robot', ...topicsOfRobots([robot(name)]));
      await watch('of others', ...topicsOf(['viewers', 'fleet:other']), ...topicsOfRobots([robot('other')]));
      expect(await namesOf(...topicsOn({ robotId: robot(name), fleets: [name] }))).toEqual([
        'of all',
        'of fleet',
        'of robot',
      ]);
    });

    it('of a fleet, a client, a user and a topic that are one are kept apart', async () => {
      const { clients, fleets, revocations } = stores();
      const [fleet] = topicsOf(['viewers', 'fleet:x']);
      if (fleet === undefined) throw new Error('the fleet has no topic');
      await watch('a', fleet, 'all', 'robots');
      await clientIn(() => clients, 'x').enter('c1');
      await fleets.enlist(robot('x'), { fleets: ['x', fleet, `watch#${fleet}`], left: [] });
      await revocations.revokeTokensUntil(principal('x'), { at: t0, keepUntil: t0 });
      expect(await namesOf(fleet, 'all', 'robots')).toEqual(['a']);
      const page = { after: undefined, limit: 10 };
      for (const each of ['x', fleet, `watch#${fleet}`, undefined]) {
        expect(await fleets.list({ fleet: each, ...page })).toEqual(['x']);
      }
      await unwatch('a', fleet, 'all', 'robots');
      expect(await fleets.list({ fleet: 'x', ...page })).toEqual(['x']);
      expect((await clients.detach(client('x'), leaving('c1')))?.sessions).toEqual([]);
    });
  });
});
