import { startTimer, type Timer } from '../environment/timer.ts';
import type { Welcome } from '../wire/messages.ts';
import { startTokenUpkeep, type TokenUpkeep } from './token-upkeep.ts';

/** So long before the connection's greatest age it is rolled over, should `goAway` have been missed. */
const rollOverAheadMs = 30_000;

export type ConnectionCare = {
  /** For a connection that has just been welcomed; the care of the one before ends. */
  begin(welcome: Welcome, token: string): void;
  /** Refreshes the token now. */
  refresh(): void;
  /** Looks at the time again: the machine may have slept. */
  recheck(): void;
  end(): void;
};

/** What the connection in use needs in time: a fresh token, and a successor before it is too old. */
export function createConnectionCare(
  of: Omit<Parameters<typeof startTokenUpkeep>[0], 'times' | 'token'> & {
    /** The connection nears the age at which it is cut. */
    readonly onAged: () => void;
  },
): ConnectionCare {
  let upkeep: TokenUpkeep | undefined;
  let ageing: Timer | undefined;

  function end(): void {
    upkeep?.stop();
    ageing?.cancel();
  }

  return {
    begin(welcome, token) {
      end();
      upkeep = startTokenUpkeep({ ...of, times: welcome, token });
      const ageMs = welcome.connectionExpiresAt - welcome.sentAt;
      ageing = startTimer(of.clock, Math.max(ageMs / 2, ageMs - rollOverAheadMs), of.onAged);
    },
    refresh: () => upkeep?.refresh(),
    recheck() {
      upkeep?.recheck();
      ageing?.recheck();
    },
    end,
  };
}
