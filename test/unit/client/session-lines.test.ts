import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedLines } from '../../../client/src/node/cli/bounded-lines.ts';
import { createGate, createPace } from '../../../client/src/node/cli/pace.ts';
import { parseSaid } from '../../../client/src/node/cli/session-lines.ts';
import { createFakeClock } from './support/fake-clock.ts';

async function linesOf(chunks: readonly Uint8Array[], mostBytes: number) {
  const lines: (string | undefined)[] = [];
  async function* input() {
    yield* chunks;
  }
  for await (const line of boundedLines(input(), mostBytes)) lines.push(line);
  return lines;
}

describe('lines of another program', () => {
  it('are whole, however they were cut, and the too long ones are left out one by one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\n', '↵'))),
        fc.array(fc.nat({ max: 40 })),
        async (texts, cuts) => {
          const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
          const ends = [...new Set([...cuts, bytes.length])]
            .filter((at) => at <= bytes.length)
            .sort((a, b) => a - b);
          const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
          expect(await linesOf(chunks, 16)).toEqual(
            texts.map((text) => (Buffer.byteLength(text) > 16 ? undefined : text)),
          );
        },
      ),
    );
  });

  it('the last one needs no end', async () => {
    expect(await linesOf([Buffer.from('a\nb')], 5)).toEqual(['a', 'b']);
    expect(await linesOf([Buffer.from('a\ntoo long')], 5)).toEqual(['a', undefined]);
  });

  it.each([
    [
      '{"kind":"answer","data":{"sdp":""}}',
      { sessionId: undefined, do: 'send', kind: 'answer', data: { sdp: '' } },
    ],
    [
      '{"sessionId":"s","kind":"restart"}\r',
      { sessionId: 's', do: 'send', kind: 'restart', data: undefined },
    ],
    ['{"sessionId":"s","close":"busy"}', { sessionId: 's', do: 'close', reason: 'busy' }],
  ])('%s', (line, said) => expect(parseSaid(line)).toEqual(said));

  it.each([
    '',
    'hello',
    'null',
    '[]',
    '7',
    '{}',
    '{"kind":"dance"}',
    '{"kind":"toString"}',
    '{"kind":7}',
    '{"close":"revoked"}',
    '{"close":"revoked","kind":"custom"}',
    '{"sessionId":7,"kind":"custom"}',
    '{"sessionId":null,"close":"closed"}',
  ])('are not commands: %s', (line) => expect(parseSaid(line)).toBeUndefined());
});

describe('what drivers say', () => {
  it('goes at 50 a second, 100 at once, whoever of them says it', async () => {
    const clock = createFakeClock();
    const pace = createPace(clock);
    let said = 0;
    async function driver() {
      for (;;) {
        await pace();
        said += 1;
        if (said >= 400) return;
      }
    }
    void Promise.all([driver(), driver()]);
    await clock.advance(0);
    expect(said).toBe(100);
    await clock.advance(2_000);
    expect(said).toBeGreaterThanOrEqual(199);
    expect(said).toBeLessThanOrEqual(201);
    // A pause is no credit beyond the first hundred.
    await clock.advance(600_000);
    const before = said;
    void Promise.all(Array.from({ length: 300 }, () => pace().then(() => (said += 1))));
    await clock.advance(0);
    expect(said - before).toBe(100);
  });

  it('waits while either side is away', async () => {
    const gate = createGate();
    let passed = 0;
    const pass = () => void gate.passed().then(() => (passed += 1));
    pass();
    await Promise.resolve();
    gate.setOpen(false);
    pass();
    pass();
    await new Promise((resolve) => setImmediate(resolve));
    expect(passed).toBe(1);
    gate.setOpen(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(passed).toBe(3);
  });
});
