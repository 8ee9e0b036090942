import * as z from 'zod/mini';
import type { PrincipalId } from '../../../protocol/ids.ts';
import type { RevocationStore } from '../../core/ports/revocation-store.ts';
import { expiringAfter } from './deadline.ts';
import { revocationKey } from './directory-keys.ts';
import { anyOf, isAbsent, isBelow } from './expression.ts';
import { parseRow } from './parse-row.ts';
import { dynamoDbTable, type Key, type TableAccess } from './table.ts';

const untilRow = z.object({
  signInsUntil: z.exactOptional(z.number()),
  tokensUntil: z.exactOptional(z.number()),
});

type Until = keyof z.infer<typeof untilRow>;

export function dynamoDbRevocationStore(access: TableAccess): RevocationStore {
  const table = dynamoDbTable(access);

  /** Never shorter than a record that is there already needs it. */
  const keep = async (key: Key, keepUntil: number) => {
    const { ttl } = expiringAfter(keepUntil);
    await table.update(key, {
      changes: [{ set: { ttl } }],
      onlyIf: anyOf(isAbsent('ttl'), isBelow('ttl', ttl)),
    });
  };

  /** Two moments in one row, each of which only rises. Kept first: TTL must not take it in between. */
  const raise = async (principalId: PrincipalId, of: { until: Until; at: number; keepUntil: number }) => {
    const key = revocationKey(principalId);
    await keep(key, of.keepUntil);
    await table.update(key, {
      changes: [{ set: { [of.until]: of.at } }],
      onlyIf: anyOf(isAbsent(of.until), isBelow(of.until, of.at)),
    });
  };

  return {
    async of({ principalId, originJti }) {
      const keys = [
        revocationKey(principalId),
        ...(originJti === undefined ? [] : [revocationKey(principalId, originJti)]),
      ];
      const [all, signIn] = await table.getMany(keys);
      return {
        ...(all === undefined ? {} : parseRow(untilRow, all)),
        signInRevoked: signIn !== undefined,
      };
    },

    revokeSignInsUntil: (principalId, of) => raise(principalId, { ...of, until: 'signInsUntil' }),

    revokeTokensUntil: (principalId, of) => raise(principalId, { ...of, until: 'tokensUntil' }),

    // That there is a row is all that it says.
    revokeSignIn: ({ principalId, originJti }, { keepUntil }) =>
      keep(revocationKey(principalId, originJti), keepUntil),
  };
}
