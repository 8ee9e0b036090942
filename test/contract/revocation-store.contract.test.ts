import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { bothOrders, client, entering, leaving, names, principal, robot, t0 } from './support/samples.ts';

const user = principal('user-1');
const originJti = 'origin-1';
const none = { signInRevoked: false };
const keepUntil = t0 + 1_000_000;
const at = (moment: number) => ({ at: moment, keepUntil });

/** Every way of going through three moments. */
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
].map((order) => ({ order: order.join(), moments: order.map((step) => t0 + step) }));

onEveryAdapter('RevocationStore', (stores) => {
  const store = () => stores().revocations;
  const of = (principalId = user, jti: string | undefined = originJti) =>
    store().of({ principalId, originJti: jti });
  const ofNoSignIn = (principalId = user) => store().of({ principalId, originJti: undefined });

  it('knows nothing of a user of whom nothing was revoked', async () => {
    expect(await of()).toEqual(none);
    expect(await ofNoSignIn()).toEqual(none);
  });

  describe.each([
    ['signInsUntil', 'revokeSignInsUntil'],
    ['tokensUntil', 'revokeTokensUntil'],
  ] as const)('%s', (until, revoke) => {
    it('is given for every token of the user, whatever its sign-in', async () => {
      await store()[revoke](user, at(t0));
      const revoked = { ...none, [until]: t0 };
      expect(await of()).toEqual(revoked);
      expect(await of(user, 'another')).toEqual(revoked);
      expect(await ofNoSignIn()).toEqual(revoked);
    });

    it('is not given for another user’s', async () => {
      await store()[revoke](user, at(t0));
      for (const other of ['user-10', 'user-', 'USER-1', 'user-1#all', 'user-1#signIn']) {
        expect(await of(principal(other)), other).toEqual(none);
      }
    });

    it.each(orders)('never moves back, in whatever order: $order', async ({ moments }) => {
      for (const [i, moment] of moments.entries()) {
        await store()[revoke](user, at(moment));
        expect(await of()).toEqual({ ...none, [until]: Math.max(...moments.slice(0, i + 1)) });
      }
    });

    it('is the same when it is repeated', async () => {
      await store()[revoke](user, at(t0));
      await store()[revoke](user, at(t0));
      expect(await of()).toEqual({ ...none, [until]: t0 });
    });

    it('can be of long ago', async () => {
      await store()[revoke](user, at(0));
      expect(await of()).toEqual({ ...none, [until]: 0 });
      await store()[revoke](user, at(1));
      expect(await of()).toEqual({ ...none, [until]: 1 });
    });

    it('is the latest of many at once', async () => {
      for (const name of names('raced', 5)) {
        const moments = names('m', 12).map((_, i) => t0 + ((i * 5) % 12));
        await Promise.all(moments.map((moment) => store()[revoke](principal(name), at(moment))));
        expect(await of(principal(name))).toEqual({ ...none, [until]: t0 + 11 });
      }
    });

    it('leaves every sign-in by itself unrevoked', async () => {
      await store()[revoke](user, at(t0));
      for (const jti of ['all', '', 'signIn', until]) expect(await of(user, jti)).toMatchObject(none);
    });
  });

  describe('both moments of a user', () => {
    it('are independent, the earlier one too', async () => {
      await store().revokeSignInsUntil(user, at(t0 + 5));
      await store().revokeTokensUntil(user, at(t0 + 2));
      expect(await of()).toEqual({ ...none, signInsUntil: t0 + 5, tokensUntil: t0 + 2 });
      await store().revokeTokensUntil(user, at(t0 + 9));
      expect(await of()).toEqual({ ...none, signInsUntil: t0 + 5, tokensUntil: t0 + 9 });
      await store().revokeSignInsUntil(user, at(t0 + 4));
      expect(await of()).toEqual({ ...none, signInsUntil: t0 + 5, tokensUntil: t0 + 9 });
    });

    it.each(bothOrders)('are both kept when they come at once ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        await race(
          () => store().revokeSignInsUntil(principal(name), at(t0 + 5)),
          () => store().revokeTokensUntil(principal(name), at(t0 + 7)),
        );
        expect(await of(principal(name))).toEqual({ ...none, signInsUntil: t0 + 5, tokensUntil: t0 + 7 });
      }
    });
  });

  describe('revokeSignIn', () => {
    it('is of that sign-in of that user, and of no other', async () => {
      await store().revokeSignIn({ principalId: user, originJti }, { keepUntil });
      expect(await of()).toEqual({ signInRevoked: true });
      expect(await of(user, 'origin-10')).toEqual(none);
      expect(await of(user, 'ORIGIN-1')).toEqual(none);
      expect(await of(principal('user-2'))).toEqual(none);
      expect(await ofNoSignIn()).toEqual(none);
    });

    it('may be repeated, and of many at once none is lost', async () => {
      const signIns = names('origin', 12);
      await Promise.all(
        [...signIns, ...signIns].map((each) =>
          store().revokeSignIn({ principalId: user, originJti: each }, { keepUntil }),
        ),
      );
      for (const each of signIns) expect(await of(user, each)).toEqual({ signInRevoked: true });
    });

    it.each(bothOrders)('and the moments of the user are independent ($order)', async ({ race }) => {
      for (const name of names('raced', 10)) {
        const principalId = principal(name);
        await race(
          () => store().revokeSignIn({ principalId, originJti }, { keepUntil }),
          () => store().revokeSignInsUntil(principalId, at(t0)),
        );
        expect(await of(principalId)).toEqual({ signInRevoked: true, signInsUntil: t0 });
        expect(await of(principalId, 'another')).toEqual({ signInRevoked: false, signInsUntil: t0 });
      }
    });
  });

  describe('odd names', () => {
    const parts = (separator: string) => ({
      one: { principalId: principal(`p${separator}q`), originJti: 'r' },
      other: { principalId: principal('p'), originJti: `q${separator}r` },
    });

    async function expectApart({ one, other }: ReturnType<typeof parts>) {
      await store().revokeSignIn(one, { keepUntil });
      expect(await store().of(one)).toEqual({ signInRevoked: true });
      expect(await store().of(other)).toEqual(none);
      expect(await ofNoSignIn(other.principalId)).toEqual(none);
      await store().revokeSignInsUntil(other.principalId, at(t0));
      expect(await store().of(one)).toEqual({ signInRevoked: true });
      expect(await store().of(other)).toEqual({ signInRevoked: false, signInsUntil: t0 });
    }

    it.each(['#', '##', '#signIn#', '#all', '#all#', '/', '\n', '\u0000'])(
      'user and sign-in with %j in them cannot fall together with others',
      (separator) => expectApart(parts(separator)),
    );

    it('user and sign-in with a space in them cannot fall together with others', () =>
      expectApart(parts(' ')));

    it.each(['all', 'signIn#origin-1', '#', 'all#', '', 'client', 'robot#x'])(
      'sign-in %j is none but itself',
      async (odd) => {
        await store().revokeSignIn({ principalId: user, originJti: odd }, { keepUntil });
        expect(await of(user, odd)).toEqual({ signInRevoked: true });
        expect(await of()).toEqual(none);
        expect(await ofNoSignIn()).toEqual(none);
        await store().revokeTokensUntil(user, at(t0));
        expect(await of(user, odd)).toEqual({ signInRevoked: true, tokensUntil: t0 });
      },
    );

    it('a user, a client and a fleet of one name are kept apart', async () => {
      const name = 'k';
      await stores().clients.enter(entering(name));
      await stores().fleets.enlist(robot(name), { fleets: [name, `revoked#${name}`], left: [] });
      expect(await of(principal(name), 'client')).toEqual(none);
      await store().revokeSignIn({ principalId: principal(name), originJti: 'client' }, { keepUntil });
      await store().revokeTokensUntil(principal(name), at(t0));
      expect(await stores().clients.detach(client(name), leaving('c1'))).toEqual({ epoch: 1, sessions: [] });
      const page = { after: undefined, limit: 10 };
      expect(await stores().fleets.list({ fleet: name, ...page })).toEqual([name]);
      expect(await stores().fleets.list({ fleet: `revoked#${name}`, ...page })).toEqual([name]);
      expect(await of(principal(name), 'client')).toEqual({ signInRevoked: true, tokensUntil: t0 });
    });
  });
});
