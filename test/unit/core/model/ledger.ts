import type { TokenLife } from '../../../../functions/core/model/identity.ts';
import type { PrincipalId } from '../../../../protocol/ids.ts';
import type { Actor } from './steps.ts';

/** What somebody wanted revoked. Moments are Unix ms by Cognito's clock, and mean their whole second. */
export type Asked = { readonly principalId: PrincipalId } & (
  | { readonly what: 'sign-ins'; readonly until: number }
  | { readonly what: 'tokens'; readonly until: number }
  | { readonly what: 'sign-in'; readonly originJti: string }
);

type Entry = {
  readonly asked: Asked;
  readonly by: Actor;
  /** From here on every read finds it. */
  writtenAt: number;
  isAcknowledged: boolean;
};

/** Which records count: all that were asked for, those written before something began, or those acknowledged. */
export type Which = 'asked' | 'acknowledged' | { readonly writtenBefore: Actor };

/** What was revoked, by those who asked for it: kept apart from the store, and judged by its own words. */
export function revocationLedger() {
  const entries: Entry[] = [];
  const of = (by: Actor) => entries.filter((entry) => entry.by === by);

  return {
    asked(by: Actor, asked: Asked) {
      entries.push({ asked, by, writtenAt: Number.POSITIVE_INFINITY, isAcknowledged: false });
    },
    has: (by: Actor) => of(by).length > 0,
    isWritten: (by: Actor) => of(by).some(({ writtenAt }) => Number.isFinite(writtenAt)),
    written(by: Actor, order: number) {
      for (const entry of of(by)) entry.writtenAt = Math.min(entry.writtenAt, order);
    },
    isAcknowledged: (by: Actor) => of(by).some((entry) => entry.isAcknowledged),
    acknowledged(isMeant: (by: Actor) => boolean) {
      for (const entry of entries) if (isMeant(entry.by)) entry.isAcknowledged = true;
    },
    covers: (principalId: PrincipalId, life: TokenLife, which: Which) =>
      entries.some((entry) => counts(entry, which) && isCovered(principalId, life, entry.asked)),
  };
}

function counts({ writtenAt, isAcknowledged }: Entry, which: Which): boolean {
  if (which === 'asked') return true;
  return which === 'acknowledged' ? isAcknowledged : writtenAt < which.writtenBefore.order;
}

function isCovered(principalId: PrincipalId, life: TokenLife, asked: Asked): boolean {
  if (principalId !== asked.principalId) return false;
  switch (asked.what) {
    case 'sign-ins':
      return secondOf(life.signedInAt) <= secondOf(asked.until);
    case 'tokens':
      return secondOf(life.issuedAt) <= secondOf(asked.until);
    case 'sign-in':
      return life.originJti === asked.originJti;
  }
}

const secondOf = (ms: number) => Math.floor(ms / 1000);
