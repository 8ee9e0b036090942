import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  connectionDeadline,
  dueMilestones,
  isSurelyGone,
  rollOverAt,
  type Timed,
} from '../../../functions/core/model/connection-deadline.ts';
import { connectionId } from '../../../protocol/ids.ts';
import { makeTokenPolicy } from '../../../protocol/token-policy.ts';

const minuteMs = 60_000;
const policy = makeTokenPolicy();

function connection(more: Partial<Timed> = {}): Timed {
  return {
    connectionId: connectionId.parse('a'),
    connectedAt: 0,
    token: { issuedAt: 0, expiresAt: 25 * minuteMs, signedInAt: 0 },
    state: 'ready',
    settledUntil: 0,
    ...more,
  };
}

const dueAt = (of: Timed, minute: number) =>
  dueMilestones(policy, of, minute * minuteMs).map(({ what, at }) => `${what} ${at / minuteMs}`);

describe('connectionDeadline', () => {
  const minutes = (of: Timed) => connectionDeadline(policy, of) / minuteMs;

  it('is the end of the time for hello while there was none', () => {
    expect(minutes(connection({ state: 'connected' }))).toBe(0.5);
  });

  it('without hello is the end of the grace where that comes first', () => {
    expect(minutes(connection({ state: 'connected', connectedAt: 25.9 * minuteMs }))).toBe(26);
  });

  it('goes from milestone to milestone as they are settled, and ends with the grace', () => {
    const walked = [0, 15, 23, 25].map((minute) => minutes(connection({ settledUntil: minute * minuteMs })));
    expect(walked).toEqual([15, 23, 25, 26]);
  });

  it('asks after a connection to which nothing else happens', () => {
    const token = { issuedAt: 0, expiresAt: 240 * minuteMs, signedInAt: 0 };
    const walked = [0, 30, 60].map((minute) =>
      minutes(connection({ token, settledUntil: minute * minuteMs })),
    );
    expect(walked).toEqual([60, 90, expect.closeTo(rollOverAt(policy, connection({ token })) / minuteMs)]);
  });

  it('is past when a token came that is already to be warned of', () => {
    const late = { connectedAt: 24 * minuteMs };
    expect(minutes(connection(late))).toBe(15);
  });

  it('F4: is never the age of the connection alone: no age makes a live one due to be closed', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 300 }), (age, left) => {
        const now = age * minuteMs;
        const token = { issuedAt: 0, expiresAt: now + left * minuteMs, signedInAt: 0 };
        const settled = connection({ token, settledUntil: now });
        expect(connectionDeadline(policy, settled)).toBeGreaterThan(now);
      }),
    );
  });
});

describe('dueMilestones', () => {
  it('are those between what was settled and now, soonest first', () => {
    expect(dueAt(connection(), 14)).toEqual([]);
    expect(dueAt(connection(), 15)).toEqual(['warning 15']);
    expect(dueAt(connection(), 24)).toEqual(['warning 15', 'warning 23']);
    expect(dueAt(connection({ settledUntil: 15 * minuteMs }), 24)).toEqual(['warning 23']);
    expect(dueAt(connection({ settledUntil: 23 * minuteMs }), 25)).toEqual(['expiry 25']);
  });

  it('a refresh brings the warnings of the new token, and not the roll-over again', () => {
    const from = connection();
    const settledUntil = rollOverAt(policy, from);
    const token = { issuedAt: 0, expiresAt: 110 * minuteMs, signedInAt: 0 };
    expect(dueAt({ ...from, token, settledUntil: settledUntil - 1 }, 110)).toContain(
      `roll_over ${settledUntil / minuteMs}`,
    );
    const after = dueAt({ ...from, token: { ...token, expiresAt: 240 * minuteMs }, settledUntil }, 239);
    expect(after.filter((each) => !each.startsWith('check'))).toEqual(['warning 230', 'warning 238']);
  });

  it.each(['connected', 'closing'] as const)('of a connection that is %s there are none', (state) => {
    expect(dueAt(connection({ state }), 25)).toEqual([]);
  });
});

describe('rollOverAt', () => {
  const moments = Array.from({ length: 2000 }, (_, i) =>
    rollOverAt(policy, { connectionId: connectionId.parse(`c-${i}`), connectedAt: 0 }),
  );

  it('lies within the window, with a period of the cleanup to spare', () => {
    expect(Math.min(...moments)).toBeGreaterThanOrEqual(100 * minuteMs);
    expect(Math.max(...moments)).toBeLessThanOrEqual(109 * minuteMs);
  });

  it('is spread: of a fleet that connected at one moment no minute has more than its share', () => {
    const byMinute = Map.groupBy(moments, (at) => Math.floor(at / minuteMs));
    expect(byMinute.size).toBe(9);
    for (const inMinute of byMinute.values()) expect(inMinute.length).toBeLessThan((2000 / 9) * 1.5);
  });

  it('is the beginning of a window that is no longer than a period of the cleanup', () => {
    const narrow = { ...policy, rollOverMs: { from: 1000, to: 1500 } };
    expect(rollOverAt(narrow, { connectionId: connectionId.parse('c'), connectedAt: 7 })).toBe(1007);
  });
});

describe('isSurelyGone', () => {
  it('is a connection older than the gateway lets any be, with a margin', () => {
    expect(isSurelyGone({ connectedAt: 0 }, 120 * minuteMs)).toBe(false);
    expect(isSurelyGone({ connectedAt: 0 }, 130 * minuteMs)).toBe(true);
  });
});
