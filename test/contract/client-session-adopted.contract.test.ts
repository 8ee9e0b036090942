import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { at, away, key, lost, place, s1 } from './support/places.ts';
import { bothOrders, client, clientSession } from './support/samples.ts';

const adopting = (clientEpoch = 1, connection = 'c1') => ({
  ...place(clientEpoch, connection),
  isAdopted: true as const,
});
const adopted = (clientEpoch = 1, connection = 'c1') => ({
  ...at(place(clientEpoch, connection)),
  isAdopted: true,
});

onEveryAdapter('ClientSessionStore: a session that a repeated request has adopted', (stores) => {
  const store = () => stores().sessions;
  const get = () => store().get(key);

  it('is left by who opened it first, and says so wherever it is read', async () => {
    await store().create(s1());
    expect(await store().moveTo(key, adopting())).toEqual(adopted());
    expect(await store().removeUnadopted(key)).toBeUndefined();
    expect(await get()).toEqual(adopted());
    expect(await store().listByRobot(key.robotId)).toEqual([adopted()]);
    expect((await stores().signalPath.read(key)).session).toEqual(adopted());
  });

  it('is where the repeated request came from', async () => {
    await store().create(s1(1));
    expect(await store().moveTo(key, adopting(2, 'c2'))).toEqual(adopted(2, 'c2'));
    expect(await get()).toEqual(adopted(2, 'c2'));
  });

  it('ends as any other', async () => {
    await store().create(s1());
    await store().moveTo(key, adopting());
    expect(await store().remove(key)).toEqual(adopted());
    expect(await get()).toBeUndefined();
  });

  it('stays adopted when it waits, and comes back', async () => {
    await store().create(s1());
    await store().moveTo(key, adopting());
    await store().suspend(key, lost());
    expect(await get()).toEqual({ ...away(), isAdopted: true });
    expect(await store().moveTo(key, place(2))).toMatchObject({ isAdopted: true });
    expect(await store().removeUnadopted(key)).toBeUndefined();
  });

  it('is created adopted where it was', async () => {
    const session = clientSession('s1', { isAdopted: true });
    await store().create(session);
    expect(await get()).toEqual(session);
  });

  it('is taken back where nobody has, wherever its client is; and that tells what it was', async () => {
    await store().create(s1());
    expect(await store().removeUnadopted(key)).toEqual(s1());
    expect(await get()).toBeUndefined();
    await store().create(away());
    expect(await store().removeUnadopted(key)).toEqual(away());
    await store().create(s1());
    await store().moveTo(key, place(2));
    expect(await store().removeUnadopted(key)).toEqual(at(place(2)));
    expect(await store().removeUnadopted(key)).toBeUndefined();
  });

  it.each([
    { what: 'is with a newer connection', row: s1(3), by: adopting(2, 'c2') },
    { what: 'waits for who was on this very one', row: away(2), by: adopting(2, 'c2') },
    { what: 'is another client’s', row: s1(1), by: { ...adopting(2, 'c2'), clientId: client('client-2') } },
  ])('is not adopted, nor moved, where it $what', async ({ row, by }) => {
    await store().create(row);
    expect(await store().moveTo(key, by)).toBeUndefined();
    expect(await get()).toEqual(row);
    expect(await store().removeUnadopted(key)).toEqual(row);
  });

  it('is not adopted when it is gone, and no row comes of it', async () => {
    expect(await store().moveTo(key, adopting())).toBeUndefined();
    expect(await get()).toBeUndefined();
  });

  it('is not the next session in its place', async () => {
    const [first, next] = ['p1.a', 'p1.b'].map((id) => clientSession(id));
    if (first === undefined || next === undefined) throw new Error('no samples');
    await store().create(next);
    expect(await store().moveTo(first, adopting())).toBeUndefined();
    expect(await store().removeUnadopted(first)).toBeUndefined();
    expect(await store().get(next)).toEqual(next);
  });

  describe.each(bothOrders)('adopted and taken back at once, $order', ({ race }) => {
    it('is one of the two', async () => {
      await store().create(s1());
      const [moved, removed] = await race(
        () => store().moveTo(key, adopting()),
        () => store().removeUnadopted(key),
      );
      expect(moved === undefined).toBe(removed !== undefined);
      expect(await get()).toEqual(moved);
    });
  });
});
