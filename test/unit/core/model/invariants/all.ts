import type { Invariant } from '../look.ts';
import { announced } from './announced.ts';
import { expiry } from './i1-expiry.ts';
import { kept } from './i2-kept.ts';
import { window } from './i3-window.ts';
import { client, clientTold } from './i4-client.ts';
import { newest } from './i4-newest.ts';
import { told } from './i4-told.ts';
import { identity } from './i5-identity.ts';
import { cleanup } from './i6-cleanup.ts';
import { deadlines } from './i6-deadlines.ts';
import { control } from './i7-control.ts';
import { controlTold } from './i7-told.ts';
import { received } from './i8-received.ts';
import { revoked } from './i10-revoked.ts';
import { misinformed } from './misinformed.ts';
import { nothingBehind } from './nothing-behind.ts';
import { order } from './order.ts';
import { presence } from './presence.ts';

export const invariants: readonly Invariant[] = [
  expiry,
  kept,
  window,
  order,
  misinformed,
  newest,
  told,
  client,
  clientTold,
  identity,
  cleanup,
  deadlines,
  announced,
  control,
  controlTold,
  received,
  presence,
  revoked,
  nothingBehind,
];
