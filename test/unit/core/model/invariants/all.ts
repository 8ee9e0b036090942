import type { Invariant } from '../look.ts';
import { announced } from './announced.ts';
import { expiry } from './i1-expiry.ts';
import { kept } from './i2-kept.ts';
import { newest } from './i4-newest.ts';
import { told } from './i4-told.ts';
import { identity } from './i5-identity.ts';
import { cleanup } from './i6-cleanup.ts';
import { deadlines } from './i6-deadlines.ts';
import { control } from './i7-control.ts';
import { revoked } from './i10-revoked.ts';
import { nothingBehind } from './nothing-behind.ts';

export const invariants: readonly Invariant[] = [
  expiry,
  kept,
  newest,
  told,
  identity,
  cleanup,
  deadlines,
  announced,
  control,
  revoked,
  nothingBehind,
];
