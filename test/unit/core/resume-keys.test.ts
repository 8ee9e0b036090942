import { describe, expect, it } from 'vitest';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import { codeOf, connected, hello, keyOf, opened, sent, socketNamed, welcomed } from './support/cast.ts';
import { operator1, operator2, rover1 } from './support/people.ts';
import { a, b, back, c, lose, pair, robot } from './support/returning.ts';
import { newWorld } from './support/world.ts';

describe('a resume key', () => {
  it('is new in each welcome, and nothing that is kept gives it away', async () => {
    const { world, key } = await pair();
    await hello(world, a);
    await lose(world, a);
    await back(world, { resume: key });
    const keys = [a, b].flatMap((socket) => sent(world, socket, 'welcome').map((each) => each.resumeKey));
    expect(new Set(keys).size).toBe(3);
    const rows = Object.values(world.state).flatMap((table) => [...table.values()]);
    for (const each of keys) {
      expect(each).toBeTypeOf('string');
      expect(JSON.stringify(rows, (_, value) => (value instanceof Map ? [...value] : value))).not.toContain(
        `"${each}"`,
      );
      expect(JSON.stringify(world.events)).not.toContain(each);
    }
    expect(sent(world, robot, 'welcome')[0]).not.toHaveProperty('resumeKey');
  });

  it('before the last still works when the last welcome was lost, on a socket that took it and was dead', async () => {
    const { world, key, sessionId } = await pair();
    await lose(world, a);
    await back(world, { resume: key });
    await lose(world, b);
    await back(world, { name: 'C', resume: key });
    expect(sent(world, c, 'welcome')).toMatchObject([
      { resumed: true, clientId: 'client-1', sessions: [{ sessionId }] },
    ]);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('however often that happens', async () => {
    const { world, key, sessionId } = await pair();
    for (let i = 0; i < 5; i++) {
      const socket = await back(world, { name: `try-${i}`, resume: key });
      expect(sent(world, socket, 'welcome')).toMatchObject([{ resumed: true, sessions: [{ sessionId }] }]);
      await lose(world, socket);
    }
  });

  it('is no longer good once a newer one was used', async () => {
    const { world, key, sessionId } = await pair();
    await lose(world, a);
    await back(world, { resume: key });
    await lose(world, b);
    await back(world, { name: 'C', resume: keyOf(world, b) });
    await lose(world, c);
    const before = structuredClone(world.session(sessionId));
    const late = await back(world, { name: 'late', resume: key });
    expect(sent(world, late, 'welcome')).toMatchObject([
      { resumed: false, clientId: 'client-2', sessions: [] },
    ]);
    expect(world.session(sessionId)).toEqual(before);
  });

  it('is renewed by a hello that is said twice: the last two are good', async () => {
    const { world, sessionId } = await pair();
    for (let i = 0; i < 2; i++) await hello(world, a);
    const [first = '', second = '', third = ''] = sent(world, a, 'welcome').map((each) => each.resumeKey);
    await lose(world, a);
    const stale = await back(world, { name: 'stale', resume: first });
    expect(sent(world, stale, 'welcome')).toMatchObject([{ resumed: false }]);
    await back(world, { resume: second });
    expect(sent(world, b, 'welcome')).toMatchObject([{ resumed: true, sessions: [{ sessionId }] }]);
    await lose(world, b);
    await back(world, { name: 'C', resume: third });
    expect(sent(world, c, 'welcome')).toMatchObject([{ resumed: false }]);
  });

  it.each([
    { what: 'of somebody else', as: operator2, change: (key: string) => key },
    { what: 'with a letter changed', as: operator1, change: (key: string) => `${key.slice(0, -1)}x` },
    { what: 'with more at its end', as: operator1, change: (key: string) => `${key}x` },
    { what: 'cut', as: operator1, change: (key: string) => key.slice(0, -1) },
    { what: 'with the id of a client alone', as: operator1, change: () => 'client-1' },
    { what: 'with an empty secret', as: operator1, change: () => 'client-1.' },
    {
      what: 'with the id of another client',
      as: operator1,
      change: (key: string) => key.replace('client-1', 'client-2'),
    },
    {
      what: 'with the id of no client',
      as: operator1,
      change: (key: string) => key.replace('client-1', 'nobody'),
    },
    { what: 'that is a dot', as: operator1, change: () => '.' },
    { what: 'of many dots', as: operator1, change: () => '.'.repeat(256) },
    { what: 'of other letters', as: operator1, change: () => 'ключ.☃' },
    { what: 'with the name of what every object has', as: operator1, change: () => '__proto__.constructor' },
    { what: 'with an id that is too long', as: operator1, change: () => `${'x'.repeat(255)}.` },
  ])('$what makes a new client, and touches nothing of the one it was made for', async ({ as, change }) => {
    const { world, key, sessionId } = await pair();
    await welcomed(world, operator2, { name: 'other' });
    await opened(world, socketNamed('other'), { mode: 'view' });
    const before = structuredClone({ sessions: world.state.sessions, clients: world.state.clients });
    const posted = world.gateway.posted.length;
    const resume = change(key);
    const socket = await back(world, { resume, as });
    expect(sent(world, socket, 'welcome')).toMatchObject([{ resumed: false, sessions: [] }]);
    expect(world.session(sessionId)).toMatchObject({ socket: a });
    expect(world.state.sessions).toEqual(before.sessions);
    world.state.clients.delete(world.connection(socket)?.client?.clientId ?? raise());
    expect(world.state.clients).toEqual(before.clients);
    expect(world.gateway.posted).toHaveLength(posted + 1);
    expect(world.gateway.closed).toEqual([]);
  });

  it('`true` is for robots: of a client it makes a new one', async () => {
    const { world } = await pair();
    await back(world, { resume: true });
    expect(sent(world, b, 'welcome')).toMatchObject([{ resumed: false, clientId: 'client-2', sessions: [] }]);
  });

  it('a robot may say whatever it likes, `true` or a text: it is one by its id', async () => {
    const { world, key, sessionId } = await pair();
    const socket = await back(world, { name: 'robot-2', as: rover1, resume: key });
    expect(sent(world, socket, 'welcome')).toMatchObject([{ resumed: true, sessions: [{ sessionId }] }]);
    expect(world.session(sessionId)).toMatchObject({ socket: a });
    expect(world.gateway.closed).toEqual(['robot']);
  });

  it('of a client that said bye is good for nothing', async () => {
    const { world, key } = await pair();
    await bye(world.deps, { caller: a, signOut: false });
    await back(world, { resume: key });
    expect(sent(world, b, 'welcome')).toMatchObject([{ resumed: false, clientId: 'client-2' }]);
  });
});

describe('hello said twice', () => {
  it('with another client’s key, the second time, is welcomed as who it is', async () => {
    const { world, key, sessionId } = await pair();
    await back(world);
    const before = world.session(sessionId);
    await hello(world, b, { resume: key });
    expect(sent(world, b, 'welcome')).toMatchObject([
      { clientId: 'client-2', resumed: false },
      { clientId: 'client-2', resumed: false, sessions: [] },
    ]);
    expect(world.session(sessionId)).toEqual(before);
    expect(world.gateway.closed).toEqual([]);
  });

  it('with its own key, keeps everything, tells no robot, and closes nothing', async () => {
    const { world, key, sessionId } = await pair();
    const before = structuredClone({ session: world.session(sessionId), robot: world.robot() });
    await hello(world, a, { resume: key });
    expect(sent(world, a, 'welcome').at(-1)).toMatchObject({
      clientId: 'client-1',
      sessions: [{ sessionId, mode: 'control', state: 'open' }],
    });
    expect({ session: world.session(sessionId), robot: world.robot() }).toEqual(before);
    expect(world.gateway.closed).toEqual([]);
    expect(sent(world, robot, 'peerBack')).toEqual([]);
  });

  it('by one that was replaced meanwhile, is told that it is no more', async () => {
    const { world, key, sessionId } = await pair();
    world.tap.fail('close A');
    await back(world, { resume: key });
    expect(codeOf(await hello(world, a))).toBe('unauthenticated');
    expect(codeOf(await hello(world, a, { resume: key }))).toBe('unauthenticated');
    expect(world.session(sessionId)).toMatchObject({ socket: b });
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });
});

it('hello never said: no key is given, and a key is not used up', async () => {
  const { world, key, sessionId } = await pair();
  await lose(world, a);
  await connected(world, operator1, { name: 'silent' });
  await lose(world, socketNamed('silent'));
  await back(world, { resume: key });
  expect(sent(world, b, 'welcome')).toMatchObject([{ resumed: true, sessions: [{ sessionId }] }]);
});

it('before hello nothing of the sessions can be had, whatever the key', async () => {
  const world = newWorld();
  await welcomed(world, rover1, { name: 'robot' });
  await connected(world, operator1, { name: 'B' });
  await expect(opened(world, b)).rejects.toThrow('hello_required');
});

function raise(): never {
  throw new Error('it is no client');
}
