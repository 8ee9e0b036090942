import type { Invariant } from '../look.ts';
import { expiry } from './i1-expiry.ts';
import { newest } from './i4-newest.ts';
import { told } from './i4-told.ts';
import { identity } from './i5-identity.ts';
import { cleanup } from './i6-cleanup.ts';
import { control } from './i7-control.ts';
import { nothingBehind } from './nothing-behind.ts';

export const invariants: readonly Invariant[] = [
  expiry,
  newest,
  told,
  identity,
  cleanup,
  control,
  nothingBehind,
];
