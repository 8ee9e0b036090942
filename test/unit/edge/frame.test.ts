import { describe, expect, it } from 'vitest';
import { readFrame } from '../../../functions/edge/frame.ts';
import { parseGatewayEvent } from '../../../functions/edge/gateway-event.ts';
import { maxMessageBytes } from '../../../protocol/limits.ts';
import { messageEvent } from './support/gateway-calls.ts';

function read(body: unknown) {
  return readFrame(parseGatewayEvent({ ...messageEvent('hello', ''), body }));
}

const refusedWith = (code: string) => ({ ok: false, refusal: expect.objectContaining({ code }) });

/** A message of exactly so many bytes. */
function ofBytes(bytes: number, filler = 'x'): string {
  const empty = JSON.stringify({ requestId: 'r', data: '' });
  const count = Math.floor((bytes - empty.length) / Buffer.byteLength(filler));
  const text = JSON.stringify({ requestId: 'r', data: filler.repeat(count) });
  return text + ' '.repeat(bytes - Buffer.byteLength(text));
}

describe('a frame', () => {
  it('is a JSON object, with the requestId where it has a usable one', () => {
    const fields = { action: 'hello', requestId: 'request-1' };
    expect(read(JSON.stringify(fields))).toEqual({
      requestId: 'request-1',
      frame: { ok: true, value: { fields, requestId: 'request-1' } },
    });
    expect(read('{}')).toMatchObject({ requestId: undefined, frame: { ok: true } });
  });

  it.each([
    ['nothing', ''],
    ['no body', null],
    ['a missing body', undefined],
    ['no JSON', 'hello'],
    ['half of one', '{"action":"hello"'],
    ['two of them', '{}{}'],
    ['an array', '[{"action":"hello"}]'],
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"hello"'],
    ['a boolean', 'true'],
    ['a byte order mark', '\ufeff{}'],
    ['comments', '{/* */}'],
  ])('is refused as bad_request when it is %s', (_what, body) => {
    expect(read(body)).toEqual({ requestId: undefined, frame: refusedWith('bad_request') });
  });

  it.each([1, null, '', 'x'.repeat(65), {}, ['r']])('does not take %j for a requestId', (requestId) => {
    expect(read(JSON.stringify({ requestId }))).toMatchObject({ requestId: undefined, frame: { ok: true } });
  });

  it('survives fields that are named like parts of objects', () => {
    const { frame } = read('{"__proto__":{"requestId":"polluted"},"constructor":1,"toString":2}');
    expect(frame.ok).toBe(true);
    expect(read('{"__proto__":{"requestId":"polluted"}}').requestId).toBeUndefined();
    expect(read(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`)).toMatchObject({ frame: { ok: true } });
  });
});

describe('the size of a frame', () => {
  it('may be the limit, in bytes of UTF-8', () => {
    expect(read(ofBytes(maxMessageBytes)).frame.ok).toBe(true);
    expect(read(ofBytes(maxMessageBytes, '€')).frame.ok).toBe(true);
  });

  it.each(['x', '€', '💡'])('may not be a byte above it, counted in bytes: %s', (filler) => {
    const read1 = read(ofBytes(maxMessageBytes + 1, filler));
    expect(read1).toEqual({ requestId: 'r', frame: refusedWith('payload_too_large') });
  });

  it('comes before what it says: 130 KB of no JSON is too large', () => {
    expect(read('x'.repeat(130 * 1024))).toEqual({
      requestId: undefined,
      frame: refusedWith('payload_too_large'),
    });
  });
});
