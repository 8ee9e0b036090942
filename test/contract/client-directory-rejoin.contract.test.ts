import { describe, expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { clientIn, sessionKey } from './support/clients.ts';
import { connectionId, client as nameOf, robotConnection } from './support/samples.ts';

onEveryAdapter('ClientDirectory: a hello that is repeated', (stores) => {
  const client = (name = 'k') => clientIn(() => stores().clients, name);
  const { enter, takeOver, rejoin, settle, detach, add, giveBack } = client();

  it('finds the client and its sessions, as old as it was', async () => {
    await enter('c1');
    await add('c1', 's1');
    expect(await rejoin('c1')).toEqual({ epoch: 1, resumed: false, sessions: [sessionKey('s1')] });
    expect(await rejoin('c1')).toMatchObject({ epoch: 1 });
  });

  it('finds none on another connection, none that has left, and makes none', async () => {
    expect(await rejoin('c1')).toBeUndefined();
    expect(await enter('c1')).toBe(true);
    expect(await rejoin('c2')).toBeUndefined();
    await detach('c1');
    expect(await rejoin('c1')).toBeUndefined();
  });

  it('raises the age of one that was taken over: it cannot be given back any more', async () => {
    await enter('c1');
    const taken = await takeOver('c2');
    await rejoin('c2');
    const undo = { epoch: 2, previous: taken?.previous ?? { keyHashes: [] }, from: connectionId('c2') };
    expect(await giveBack(undo)).toBe(false);
    expect(await add('c2', 's1')).toBe(true);
  });

  describe('and its keys', () => {
    const back = (presentedHash: string) => takeOver('c9', { presentedHash, keyHash: 'key-9' });

    it('the new one and the one before are good', async () => {
      await enter('c1', 'key-1');
      await rejoin('c1', { keyHash: 'key-2' });
      await rejoin('c1', { keyHash: 'key-3' });
      expect(await back('key-1')).toBeUndefined();
      expect(await back('key-2')).toBeDefined();
    });

    it('one that is presented each time stays good: none of the new ones may have arrived', async () => {
      await enter('c1', 'key-1');
      await takeOver('c2', { presentedHash: 'key-1', keyHash: 'key-2' });
      await rejoin('c2', { presentedHash: 'key-1', keyHash: 'key-3' });
      await rejoin('c2', { presentedHash: 'key-1', keyHash: 'key-4' });
      expect(await back('key-2')).toBeUndefined();
      expect(await back('key-1')).toBeDefined();
    });

    it('one that is none of its own makes no key', async () => {
      await enter('c1', 'key-1');
      await rejoin('c1', { presentedHash: 'guessed', keyHash: 'key-2' });
      expect(await back('guessed')).toBeUndefined();
      expect(await back('key-1')).toBeDefined();
    });
  });

  describe('tells what its first has left to be told', () => {
    it('of a client that was on another connection, until it is settled', async () => {
      await enter('c1');
      await takeOver('c2');
      expect(await rejoin('c2')).toMatchObject({ resumed: true, arrival: { replaced: 'c1' } });
      expect(await settle('c2')).toBe(true);
      expect(await rejoin('c2')).toEqual({ epoch: 3, resumed: true, sessions: [] });
    });

    it('of a client that was away', async () => {
      await enter('c1');
      await detach('c1');
      await takeOver('c2');
      expect(await rejoin('c2')).toMatchObject({ resumed: true, arrival: {} });
    });

    it('nothing of one that was given back', async () => {
      await enter('c1');
      const taken = await takeOver('c2');
      const { previous = { keyHashes: [] } } = taken ?? {};
      await giveBack({ epoch: 2, previous, from: connectionId('c2') });
      expect(await rejoin('c1')).not.toHaveProperty('arrival');
    });
  });

  it('settles nothing of a client that is elsewhere, and makes none', async () => {
    expect(await settle('c1')).toBe(false);
    await enter('c1');
    await takeOver('c2');
    await takeOver('c3', { presentedHash: 'key-2', keyHash: 'key-3' });
    expect(await settle('c2')).toBe(false);
    expect(await rejoin('c3')).toMatchObject({ arrival: { replaced: 'c2' } });
  });

  it('a connection notes whom it is about to take over, unless it is being closed', async () => {
    const { connections } = stores();
    const id = connectionId('c1');
    const connection = robotConnection('c1');
    expect(await connections.noteReturning(id, nameOf('k'))).toBe(false);
    await connections.create(connection);
    expect(await connections.noteReturning(id, nameOf('k'))).toBe(true);
    expect(await connections.get(id)).toEqual({ ...connection, returningAs: 'k' });
    await connections.markClosing(id, { retryAt: connection.nextDeadlineAt, how: 'bye' });
    expect(await connections.noteReturning(id, nameOf('other'))).toBe(false);
    expect(await connections.get(id)).toMatchObject({ returningAs: 'k' });
  });
});
