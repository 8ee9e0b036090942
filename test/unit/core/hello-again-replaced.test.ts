import { describe, expect, it } from 'vitest';
import { disorder, misinformed } from './support/at-rest.ts';
import { connected, granted, hello, keyOf, sent } from './support/cast.ts';
import { meanwhile, overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1 } from './support/people.ts';
import { a, b, pair, replaced, robot, robot2 } from './support/returning.ts';

/** Who says `hello` again on `first` while its next connection, `next`, says it. */
const sides = [
  { what: 'a robot', first: robot, next: robot2, user: rover1, isRobot: true },
  { what: 'a client', first: a, next: b, user: operator1, isRobot: false },
];

describe.each(sides)('$what that says hello again while it is replaced', ({ first, next, user, isRobot }) => {
  async function scene() {
    const { world, sessionId, key } = await pair();
    await connected(world, user, { name: next.connectionId });
    return { world, sessionId, resume: isRobot ? (true as const) : key };
  }
  type Scene = Awaited<ReturnType<typeof scene>>;
  const again = ({ world, resume }: Scene) => hello(world, first, { resume });
  const take = ({ world, resume }: Scene) => hello(world, next, { resume });

  /** The last that the one of before hears is that it was replaced. */
  function expectReplaced({ world, sessionId }: Scene) {
    expect(world.gateway.to(first).at(-1)).toEqual(replaced);
    expect(world.gateway.closed).toContain(first.connectionId);
    expect(world.gateway.closed).not.toContain(next.connectionId);
    expect(sent(world, next, 'goAway')).toEqual([]);
    if (isRobot) expect(world.robot()).toMatchObject({ state: 'online', socket: next });
    else expect(world.session(sessionId)).toMatchObject({ socket: next });
    expect([...disorder(world), ...misinformed(world)]).toEqual([]);
  }

  it('at any step of what it says again: hears of that after the welcome', async () => {
    const wrong = await overtakenAtEachStep({
      scene,
      action: again,
      by: async (made) => granted(await take(made)),
      judge: expectReplaced,
    });
    expect(wrong).toEqual([]);
  });

  it('and whose socket is not closed yet: hears of that after the welcome', async () => {
    const made = await scene();
    const { world } = made;
    const welcoming = world.tap.hold(`post welcome to ${first.connectionId}`);
    const repeating = again(made);
    await welcoming.reachedBy(repeating);
    const closing = world.tap.hold(`close ${first.connectionId}`);
    const taking = take(made);
    await closing.reachedBy(taking);
    welcoming.release();
    await repeating;
    expect(world.gateway.to(first).map(({ type }) => type)).toContain('welcome');
    closing.release();
    granted(await taking);
    expectReplaced(made);
  });

  it('at any step of the taking: hears of it all the same', async () => {
    const wrong = await overtakenAtEachStep({
      scene,
      action: take,
      by: again,
      judge: (made, { outcome }) => {
        expect(outcome).toMatchObject({ status: 'fulfilled', value: { ok: true } });
        expectReplaced(made);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('and that nobody can look at: is welcomed, and it is noted', async () => {
    const { world, resume } = await scene();
    const answered = await meanwhile(world, {
      at: `post welcome to ${first.connectionId}`,
      action: () => hello(world, first, { resume }),
      act: () => {
        if (isRobot) world.tap.fail('robots.arrivalOf');
        else world.tap.fail('clients.settle');
      },
    });
    expect(answered).toMatchObject({ ok: true });
    expect(world.noted('dependency_unavailable')).toMatchObject([{ where: 'hello.tell-replaced' }]);
  });
});

it('a client that says hello again is let be where nobody has taken it; only then there is a look more', async () => {
  const { world } = await pair();
  expect(world.tap.count('clients.settle')).toBe(0);
  granted(await hello(world, a, { resume: keyOf(world, a) }));
  expect(world.gateway.closed).toEqual([]);
  expect(world.tap.count('clients.settle')).toBe(1);
  await connected(world, operator1, { name: 'B' });
  granted(await hello(world, b, { resume: keyOf(world, a) }));
  expect(world.tap.count('clients.settle')).toBe(2);
});
