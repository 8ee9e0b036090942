import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ttlAttribute } from '../../functions/table-shapes.ts';
import { type Database, dynamoDbStores, onEveryDatabase } from './support/adapters.ts';
import { dayMs, names, principal, t0 } from './support/samples.ts';

const user = principal('p');
const signIn = { principalId: user, originJti: 'origin-1' };
const keepUntil = t0 + 30 * dayMs;
/** Beyond the day by which a row outlives what is asked anyway. */
const muchMs = 3 * dayMs;

const withTtl = z.looseObject({ [ttlAttribute]: z.number() });

/** The one row that is there. Only a test may scan. */
async function onlyRowOf({ client, tableNames }: Database) {
  const { Items } = await client.send(new ScanCommand({ TableName: tableNames.directory }));
  expect(Items).toHaveLength(1);
  return withTtl.parse(Items?.[0] && unmarshall(Items[0]));
}

onEveryDatabase('Rows of what was revoked', (database) => {
  const store = () => dynamoDbStores(database()).revocations;
  /** Unix ms until which DynamoDB keeps the row at least. */
  const keptUntil = async () => (await onlyRowOf(database()))[ttlAttribute] * 1000;

  const records = [
    {
      what: 'signInsUntil',
      record: (of: { at: number; keepUntil: number }) => store().revokeSignInsUntil(user, of),
    },
    {
      what: 'tokensUntil',
      record: (of: { at: number; keepUntil: number }) => store().revokeTokensUntil(user, of),
    },
  ];

  describe.each(records)('$what', ({ what, record }) => {
    it('is one row of the user, kept at least as long as is asked', async () => {
      await record({ at: t0, keepUntil });
      expect(await onlyRowOf(database())).toEqual({
        pk: 'revoked#p',
        sk: 'all',
        [what]: t0,
        [ttlAttribute]: expect.any(Number),
      });
      expect(await keptUntil()).toBeGreaterThanOrEqual(keepUntil);
    });

    it('is kept longer by a later record', async () => {
      await record({ at: t0, keepUntil });
      await record({ at: t0 + 1, keepUntil: keepUntil + muchMs });
      expect(await keptUntil()).toBeGreaterThanOrEqual(keepUntil + muchMs);
    });

    it.each([
      ['of a later moment', 1],
      ['of the same moment', 0],
      ['of an earlier moment', -1],
    ])('is not kept shorter by a record %s that need not be kept as long', async (_, by) => {
      await record({ at: t0, keepUntil });
      const before = await keptUntil();
      await record({ at: t0 + by, keepUntil: keepUntil - muchMs });
      expect(await keptUntil()).toBe(before);
    });

    it('is kept longer by a record of an earlier moment that must be kept longer', async () => {
      await record({ at: t0, keepUntil });
      await record({ at: t0 - 1, keepUntil: keepUntil + muchMs });
      expect(await keptUntil()).toBeGreaterThanOrEqual(keepUntil + muchMs);
      expect(await onlyRowOf(database())).toMatchObject({ [what]: t0 });
    });
  });

  it('both moments are in one row, which stays as long as the longer', async () => {
    await store().revokeTokensUntil(user, { at: t0 + 5, keepUntil });
    await store().revokeSignInsUntil(user, { at: t0, keepUntil: keepUntil - muchMs });
    expect(await onlyRowOf(database())).toMatchObject({ signInsUntil: t0, tokensUntil: t0 + 5 });
    expect(await keptUntil()).toBeGreaterThanOrEqual(keepUntil);
  });

  it('of many at once, the row stays as long as the longest', async () => {
    await Promise.all(
      names('m', 12).flatMap((_, i) => {
        const of = { at: t0 + i, keepUntil: keepUntil + ((i * 5) % 12) * muchMs };
        return [store().revokeTokensUntil(user, of), store().revokeSignInsUntil(user, of)];
      }),
    );
    expect(await onlyRowOf(database())).toMatchObject({ signInsUntil: t0 + 11, tokensUntil: t0 + 11 });
    expect(await keptUntil()).toBeGreaterThanOrEqual(keepUntil + 11 * muchMs);
  });

  describe('a sign-in', () => {
    it('is a row of its own, kept at least as long as is asked', async () => {
      await store().revokeSignIn(signIn, { keepUntil });
      expect(await onlyRowOf(database())).toEqual({
        pk: 'revoked#p',
        sk: 'signIn#origin-1',
        [ttlAttribute]: expect.any(Number),
      });
      expect(await keptUntil()).toBeGreaterThanOrEqual(keepUntil);
    });

    it('is kept longer by a later record', async () => {
      await store().revokeSignIn(signIn, { keepUntil });
      await store().revokeSignIn(signIn, { keepUntil: keepUntil + muchMs });
      expect(await keptUntil()).toBeGreaterThanOrEqual(keepUntil + muchMs);
    });

    it('is not kept shorter by a later record that need not be kept as long', async () => {
      await store().revokeSignIn(signIn, { keepUntil });
      const before = await keptUntil();
      await store().revokeSignIn(signIn, { keepUntil: keepUntil - muchMs });
      expect(await keptUntil()).toBe(before);
    });
  });
});
