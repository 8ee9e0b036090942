import type { Welcome } from '../../../../client/src/wire/messages.ts';

/** A session as a welcome lists it: open, of the client that the fake server welcomes, in control. */
export const session = {
  sessionId: 's',
  robotId: 'rover-1',
  clientId: 'client-1',
  mode: 'control',
  leaseEpoch: 1,
  state: 'open',
  received: 0,
} as const satisfies Welcome['sessions'][number];
