import { describe, expect, it } from 'vitest';
import type { Opened } from '../../../functions/core/use-cases/open-session.ts';
import { disorder, misinformed } from './support/at-rest.ts';
import { connected, granted, hello, keyOf, open, opened, sent, welcomed } from './support/cast.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1, viewer1 } from './support/people.ts';
import { a, b, back, lose, robot } from './support/returning.ts';
import { newWorld } from './support/world.ts';

const request = { mode: 'control', requestId: 'request-1' } as const;

/** How the first of the two goes on, when the second has been answered. */
const fates = [
  { fate: 'goes on', thenFails: undefined },
  { fate: 'fails in the next call', thenFails: 'before' },
  { fate: 'loses the answer of the next call', thenFails: 'after' },
] as const;

/** Where the request is repeated. */
const places = [
  { where: 'on the same connection', isOnNext: false },
  { where: 'on the client’s next connection', isOnNext: true },
];
const all = places.flatMap((place) => fates.map((fate) => ({ ...place, ...fate })));

/** rover-1 on `robot`, operator-1 on `A`, and no session yet. */
async function met() {
  const world = newWorld();
  await welcomed(world, rover1, { name: 'robot' });
  await welcomed(world, operator1, { name: 'A' });
  return world;
}

describe.each(all)('a request to open that is repeated $where, while the first $fate', (how) => {
  const client = how.isOnNext ? b : a;

  async function scene() {
    const world = await met();
    return { world, second: undefined as Opened | undefined };
  }
  type Scene = Awaited<ReturnType<typeof scene>>;

  async function repeat(made: Scene) {
    const { world } = made;
    if (how.isOnNext) await back(world, { resume: keyOf(world, a) });
    const outcome = await open(world, client, request);
    made.second = outcome.ok ? outcome.value : undefined;
  }

  it('has the session that it was answered with: at whatever step', async () => {
    const wrong = await overtakenAtEachStep({
      scene,
      action: ({ world }) => open(world, a, request),
      by: repeat,
      thenFails: how.thenFails,
      judge: async ({ world, second }) => {
        world.tap.heal();
        // What was refused at this very moment is asked again.
        const answered = second ?? granted(await open(world, client, request));
        const { sessionId, mode } = answered;
        expect(world.sessions()).toMatchObject([{ sessionId, socket: client }]);
        expect(mode).toBe('control');
        expect(world.robot()).toMatchObject({ controllerSessionId: sessionId });
        expect(sent(world, robot, 'sessionRequested').at(-1)).toMatchObject({ sessionId });
        for (const side of [client, robot]) {
          const ends = sent(world, side, 'sessionClosed');
          expect(ends.filter((end) => end.sessionId === sessionId)).toEqual([]);
        }
        expect([...disorder(world), ...misinformed(world)]).toEqual([]);
      },
    });
    expect(wrong).toEqual([]);
  });
});

it('is on the client’s next connection where the first has written it for the one before, after the client had moved', async () => {
  const world = await met();
  const writing = world.tap.hold('sessions.create');
  const opening = open(world, a, request);
  await writing.reachedBy(opening);
  await back(world, { resume: keyOf(world, a) });
  const listing = world.tap.hold('clients.addSession');
  writing.release();
  await listing.reachedBy(opening);
  expect(world.sessions()).toMatchObject([{ socket: a }]);
  const { sessionId } = granted(await open(world, b, request));
  listing.release();
  expect(await opening).toMatchObject({ ok: false });
  expect(world.session(sessionId)).toMatchObject({ socket: b });
  expect(world.robot()).toMatchObject({ controllerSessionId: sessionId });
  expect([...disorder(world), ...misinformed(world)]).toEqual([]);
});

describe('an opening that fails', () => {
  async function viewed() {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'robot' });
    const viewer = await welcomed(world, viewer1, { name: 'viewer' });
    await opened(world, viewer, { mode: 'view' });
    await welcomed(world, operator1, { name: 'A' });
    return { world, viewer };
  }

  it('before it has a row gives control free, of which the robot is told: a welcome may have said otherwise', async () => {
    const { world, viewer } = await viewed();
    world.tap.fail('sessions.create');
    await expect(open(world, a, request)).rejects.toThrow('unavailable');
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    expect(world.sessions()).toHaveLength(1);
    expect(sent(world, robot, 'controlChanged')).toMatchObject([{ sessionId: null, leaseEpoch: 2 }]);
    expect(sent(world, viewer, 'controlChanged')).toMatchObject([{ sessionId: null, leaseEpoch: 2 }]);
  });

  it('before the robot was asked is not told to who views it', async () => {
    const { world, viewer } = await viewed();
    const listing = world.tap.hold('clients.addSession again');
    const opening = open(world, a, request);
    await listing.reachedBy(opening);
    await lose(world, a);
    listing.release();
    expect(await opening).toMatchObject({ ok: false });
    expect(sent(world, robot, 'controlChanged')).toMatchObject([{ sessionId: null, leaseEpoch: 2 }]);
    expect(sent(world, viewer, 'controlChanged')).toEqual([]);
  });
});

describe('a client that moves while its opening fails', () => {
  it('is told of the end of the session that it was welcomed with', async () => {
    const world = await met();
    const listing = world.tap.hold('clients.addSession again');
    const opening = open(world, a, request);
    await listing.reachedBy(opening);
    await back(world, { resume: keyOf(world, a) });
    const [welcome] = sent(world, b, 'welcome');
    expect(welcome?.sessions).toHaveLength(1);
    listing.release();
    expect(await opening).toMatchObject({ ok: false });
    const sessionId = welcome?.sessions[0]?.sessionId;
    expect(sent(world, b, 'sessionClosed')).toEqual([{ type: 'sessionClosed', sessionId, reason: 'closed' }]);
    expect(world.sessions()).toEqual([]);
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  });

  it('is told nothing on the connection that asked: that is answered', async () => {
    const world = await met();
    world.tap.fail('post sessionRequested to robot');
    await expect(open(world, a, request)).rejects.toThrow('unavailable');
    expect(sent(world, a, 'sessionClosed')).toEqual([]);
    expect(world.sessions()).toEqual([]);
  });

  it('and is away when it fails leaves nothing, and no control', async () => {
    const world = await met();
    const listing = world.tap.hold('clients.addSession again');
    const opening = open(world, a, request);
    await listing.reachedBy(opening);
    await lose(world, a);
    listing.release();
    expect(await opening).toMatchObject({ ok: false });
    expect(world.sessions()).toEqual([]);
    expect(world.robot()).not.toHaveProperty('controllerSessionId');
    const next = await connected(world, operator1, { name: 'B' });
    granted(await hello(world, next));
    granted(await open(world, next, request));
  });
});
