import { describe, expect, it } from 'vitest';
import { codeOf, granted, inSession, refresh } from './support/cast.ts';
import { overtakenAtEachStep } from './support/interruption.ts';
import { operator1, rover1, type User } from './support/people.ts';
import { newWorld, t0 } from './support/world.ts';

const kinds = [{ who: rover1 }, { who: operator1 }];
const [sooner, later] = [20_000_000, 21_600_000];

async function scene(who: User) {
  const world = newWorld();
  const session = await inSession(world, rover1, operator1);
  const socket = who === rover1 ? session.robotSocket : session.clientSocket;
  world.pass(1_000);
  const [one, other] = [sooner, later].map((life) => world.tokens.issue(who, { expiresAt: t0 + life }));
  return { world, ...session, socket, one: one ?? '', other: other ?? '' };
}

type Scene = Awaited<ReturnType<typeof scene>>;

/** What the relay reads of the end of the token. */
function copied({ world, sessionId }: Scene, who: User) {
  return (who === rover1 ? world.robot()?.socket : world.session(sessionId)?.socket)?.tokenExpiresAt;
}

const orders = kinds.flatMap(({ who }) => [
  { who, what: 'the one that ends sooner', isSooner: true },
  { who, what: 'the one that ends later', isSooner: false },
]);

describe.each(orders)('two refreshes of $who.userName at once, $what overtaken', ({ who, isSooner }) => {
  it('F14: end with the later expiry, in the row and in the copies, wherever it is overtaken', async () => {
    const wrong = await overtakenAtEachStep({
      scene: () => scene(who),
      action: ({ world, socket, one, other }) => refresh(world, socket, isSooner ? one : other),
      by: ({ world, socket, one, other }) => refresh(world, socket, isSooner ? other : one),
      judge: (made, { outcome }) => {
        if (outcome.status === 'rejected') throw outcome.reason;
        expect(made.world.connection(made.socket)).toMatchObject({
          state: 'ready',
          token: { expiresAt: t0 + later },
        });
        expect(copied(made, who)).toBe(t0 + later);
        expect(made.world.gateway.closed).toEqual([]);
        expect([undefined, 'token_not_newer']).toContain(codeOf(outcome.value));
        expect(made.world.noted('refreshed')).toContainEqual(
          expect.objectContaining({ tokenExpiresAt: t0 + later }),
        );
      },
    });
    expect(wrong).toEqual([]);
  });
});

it.each(kinds)('the same token twice at once is a success twice: $who.userName', async ({ who }) => {
  const wrong = await overtakenAtEachStep({
    scene: () => scene(who),
    action: ({ world, socket, one }) => refresh(world, socket, one),
    by: async ({ world, socket, one }) => granted(await refresh(world, socket, one)),
    judge: ({ world, socket }, { outcome }) => {
      expect(outcome).toMatchObject({ status: 'fulfilled', value: { ok: true } });
      expect(world.connection(socket)?.token.expiresAt).toBe(t0 + sooner);
    },
  });
  expect(wrong).toEqual([]);
});

it.each(kinds)('I5, F14: a copy is never ahead of a row that refused: $who.userName', async ({ who }) => {
  const made = await scene(who);
  const { world, socket, one, other } = made;
  granted(await refresh(world, socket, other));
  expect(codeOf(await refresh(world, socket, one))).toBe('token_not_newer');
  expect(copied(made, who)).toBe(t0 + later);
});

it.each(kinds)('writes the copies first and the connection last: $who.userName', async ({ who }) => {
  const { world, socket, one } = await scene(who);
  world.tap.forget();
  granted(await refresh(world, socket, one));
  const writes = ['robots.copyToken', 'sessions.copyToken', 'connections.refresh'];
  expect(world.tap.calls.filter((call) => writes.includes(call))).toEqual([
    who === rover1 ? 'robots.copyToken' : 'sessions.copyToken',
    'connections.refresh',
  ]);
});
