import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { away, key, lost, place, s1 } from './support/places.ts';
import { bothOrders, clientSession } from './support/samples.ts';

onEveryAdapter('ClientSessionStore: a session that a repeated request has adopted', (stores) => {
  const store = () => stores().sessions;
  const get = () => store().get(key);

  it('is left by who opened it first, and says so wherever it is read', async () => {
    await store().create(s1());
    expect(await store().adopt(key)).toBe(true);
    expect(await store().removeUnadopted(key)).toBeUndefined();
    const adopted = { ...s1(), isAdopted: true };
    expect(await get()).toEqual(adopted);
    expect(await store().listByRobot(key.robotId)).toEqual([adopted]);
    expect((await stores().signalPath.read(key)).session).toEqual(adopted);
  });

  it('ends as any other', async () => {
    await store().create(s1());
    await store().adopt(key);
    expect(await store().remove(key)).toEqual({ ...s1(), isAdopted: true });
    expect(await get()).toBeUndefined();
  });

  it('stays adopted when it was adopted again, waits, and comes back', async () => {
    await store().create(s1());
    for (let times = 0; times < 2; times += 1) expect(await store().adopt(key)).toBe(true);
    await store().suspend(key, lost());
    expect(await get()).toEqual({ ...away(), isAdopted: true });
    expect(await store().moveTo(key, place(2))).toMatchObject({ isAdopted: true });
    expect(await store().removeUnadopted(key)).toBeUndefined();
  });

  it('is created adopted where it was', async () => {
    const adopted = clientSession('s1', { isAdopted: true });
    await store().create(adopted);
    expect(await get()).toEqual(adopted);
  });

  it('is taken back where nobody has, wherever its client is; and that tells what it was', async () => {
    await store().create(s1());
    expect(await store().removeUnadopted(key)).toEqual(s1());
    expect(await get()).toBeUndefined();
    await store().create(away());
    expect(await store().removeUnadopted(key)).toEqual(away());
    expect(await store().removeUnadopted(key)).toBeUndefined();
  });

  it('is not adopted when it is gone, and no row comes of it', async () => {
    expect(await store().adopt(key)).toBe(false);
    expect(await get()).toBeUndefined();
  });

  it('is not the next session in its place', async () => {
    const [first, next] = ['p1.a', 'p1.b'].map((id) => clientSession(id));
    if (first === undefined || next === undefined) throw new Error('no samples');
    await store().create(next);
    expect(await store().adopt(first)).toBe(false);
    expect(await store().removeUnadopted(first)).toBeUndefined();
    expect(await store().get(next)).toEqual(next);
  });

  describe.each(bothOrders)('adopted and taken back at once, $order', ({ race }) => {
    it('is one of the two', async () => {
      await store().create(s1());
      const [adopted, removed] = await race(
        () => store().adopt(key),
        () => store().removeUnadopted(key),
      );
      expect(adopted).toBe(removed === undefined);
      expect((await get()) !== undefined).toBe(adopted);
    });
  });
});
