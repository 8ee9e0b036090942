import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomIds } from '../../../functions/adapters/runtime/random-ids.ts';
import { systemClock } from '../../../functions/adapters/runtime/system-clock.ts';
import { placeOf } from '../../../functions/core/model/client-session.ts';
import { clientId, connectionId, robotId } from '../../../protocol/ids.ts';
import { hello } from '../../../protocol/messages/from-client/hello.ts';

const idForm = /^[A-Za-z0-9_-]{22}$/;
const of = (client: string, robot: string, requestId: string | undefined) =>
  randomIds.sessionId({ clientId: clientId.parse(client), robotId: robotId.parse(robot), requestId });
const placeFor = (...which: Parameters<typeof of>) => placeOf(of(...which));

describe('randomIds', () => {
  it('finds the same client id again for the same connection, and another for another', () => {
    const clientOf = (connection: string) => randomIds.clientId(connectionId.parse(connection));
    const ids = Array.from({ length: 1000 }, (_, i) => clientOf(`LrP3Fc-${i}=`));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(idForm);
    expect(clientOf('LrP3Fc-0=')).toBe(ids[0]);
    // Fixed for ever, as below.
    expect(clientOf('LrP3Fc-lPHcCJ1g=')).toMatchInlineSnapshot(`"YSuohOGLgEdq7xuEa6tKFl"`);
  });

  it('makes a new session id each time when there is no requestId', () => {
    const ids = Array.from({ length: 1000 }, () => of('c', 'r', undefined));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(idForm);
  });

  it('finds the same place again for the same client, robot and request, with another id each time', () => {
    expect(placeFor('c', 'r', 'q')).toBe(placeFor('c', 'r', 'q'));
    expect(placeFor('c', 'r', 'q')).toMatch(idForm);
    // Fixed for ever: a Lambda of the next version must answer the retry of a request that this one took.
    expect(placeFor('client', 'rover-1', 'request-1')).toMatchInlineSnapshot(`"GhHcj3sOQFROhR75Ed2wf9"`);
    const ids = Array.from({ length: 1000 }, () => of('c', 'r', 'q'));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id.length).toBeLessThanOrEqual(64);
  });

  it('differs for another client, robot or request, wherever the one ends and the other begins', () => {
    const text = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.tuple(text, text, text), fc.tuple(text, text, text), (a, b) => {
        const isSame = a.every((part, i) => part === b[i]);
        expect(placeFor(...a) === placeFor(...b)).toBe(isSame);
      }),
    );
    expect(placeFor('ab', 'c', 'd')).not.toBe(placeFor('a', 'bc', 'd'));
    expect(placeFor('a', 'b1:', 'c')).not.toBe(placeFor('a', 'b', '1:c'));
    expect(placeFor('1:a', 'b', 'c')).not.toBe(placeFor('a', '1:b', 'c'));
  });
});

describe('randomIds: keys to come back by', () => {
  const k = clientId.parse('YSuohOGLgEdq7xuEa6tKFl');
  const keyOf = (of = k) => randomIds.resumeKey(of);

  it('are read back as whose they are, with the hash that was kept', () => {
    const { key, hash } = keyOf();
    expect(randomIds.readResumeKey(key)).toEqual({ clientId: k, hash });
  });

  it('are new each time, and so are their hashes', () => {
    const keys = Array.from({ length: 1000 }, () => keyOf());
    expect(new Set(keys.map(({ key }) => key)).size).toBe(1000);
    expect(new Set(keys.map(({ hash }) => hash)).size).toBe(1000);
  });

  it('fit into a hello and a URL, and hold 192 bits that nobody can guess', () => {
    for (let i = 0; i < 100; i++) {
      expect(keyOf().key).toMatch(/^YSuohOGLgEdq7xuEa6tKFl\.[A-Za-z0-9_-]{32}$/);
    }
    const parts = Array.from({ length: 1000 }, () => keyOf().key.split('.')[1] ?? '');
    for (const at of [0, 15, 31]) expect(new Set(parts.map((part) => part[at])).size).toBeGreaterThan(50);
    expect(hello.safeParse({ action: 'hello', protocol: 1, resume: keyOf().key }).success).toBe(true);
  });

  it('cannot be told from their hash, which holds nothing of them and is the same in every process', () => {
    const { key, hash } = keyOf();
    expect(hash).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(key).not.toContain(hash);
    for (const part of key.split('.')) expect(hash).not.toContain(part);
    // Fixed for ever: a client must come back by a key that the version before has given it.
    expect(randomIds.readResumeKey(`${k}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`)).toMatchInlineSnapshot(`
      {
        "clientId": "YSuohOGLgEdq7xuEa6tKFl",
        "hash": "emc4YuWm9aqJgB6XflFd3Fvv0ye7dxyVVEZz1s1GjNw",
      }
    `);
  });

  it('of one client are worth nothing for another: the hash is of the whole', () => {
    const { key, hash } = keyOf();
    const forged = randomIds.readResumeKey(key.replace(k, 'another'));
    expect(forged?.clientId).toBe('another');
    expect(forged?.hash).not.toBe(hash);
  });

  it('that differ anywhere have other hashes', () => {
    const { key, hash } = keyOf();
    const changed = [...key].map(
      (letter, i) => key.slice(0, i) + (letter === 'x' ? 'y' : 'x') + key.slice(i + 1),
    );
    for (const other of [...changed, `${key}x`, ` ${key}`, key.slice(0, -1), key.toLowerCase()]) {
      expect(randomIds.readResumeKey(other)?.hash, other).not.toBe(hash);
    }
  });

  it('are none without a client: nothing is looked up by them', () => {
    for (const none of ['', '.', `.${k}`, '.AAAA', `${'x'.repeat(65)}.AAAA`]) {
      expect(randomIds.readResumeKey(none), none).toBeUndefined();
    }
  });

  it('of whatever text give no more than a client id and a hash, and never fail', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 256, unit: 'grapheme' }), (text) => {
        const read = randomIds.readResumeKey(text);
        if (read === undefined) return;
        expect(text.startsWith(read.clientId)).toBe(true);
        expect(read.clientId.length).toBeLessThanOrEqual(64);
        expect(read.hash).toMatch(/^[A-Za-z0-9_-]{43}$/);
      }),
    );
  });

  it('are made for the client of every connection', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 128 }), (connection) => {
        const of = randomIds.clientId(connectionId.parse(connection));
        const { key, hash } = randomIds.resumeKey(of);
        expect(randomIds.readResumeKey(key)).toEqual({ clientId: of, hash });
      }),
    );
  });
});

describe('systemClock', () => {
  it('tells Unix milliseconds', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
  });
});
