/** A clock that stands still until it is told. It begins now, because verifiers compare with the real time. */
export type TestClock = { (): number; advance(ms: number): void; setMs(ms: number): void };

export function createTestClock(startMs = Math.floor(Date.now() / 1000) * 1000): TestClock {
  let nowMs = startMs;
  return Object.assign(() => nowMs, {
    advance: (ms: number) => {
      nowMs += ms;
    },
    setMs: (ms: number) => {
      nowMs = ms;
    },
  });
}
