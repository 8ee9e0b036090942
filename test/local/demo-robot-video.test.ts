import { expect, it } from 'vitest';
import { type Picture, paintScene } from '../../local/demo/robot/video/scene.ts';
import { createVp8Encoder } from '../../local/demo/robot/video/vp8-encoder.ts';
import { packetise } from '../../local/demo/robot/video/vp8-packets.ts';

const size = { width: 320, height: 180 };
const picture = (): Picture => ({ ...size, data: new Uint8Array((size.width * size.height * 3) / 2) });

/** Width and height that a VP8 key frame says it has (RFC 6386, 9.1). */
function sizeIn(frame: Uint8Array) {
  expect([...frame.subarray(3, 6)]).toEqual([0x9d, 0x01, 0x2a]);
  const at = (place: number) => ((frame[place] ?? 0) | ((frame[place + 1] ?? 0) << 8)) & 0x3fff;
  return { width: at(6), height: at(8) };
}

it('the picture changes with where the robot is, and with where it looks', () => {
  const [there, moved, turned] = [picture(), picture(), picture()];
  paintScene(there, { xM: 0, yM: 0, headingRad: 0 });
  paintScene(moved, { xM: 0.5, yM: 0, headingRad: 0 });
  paintScene(turned, { xM: 0, yM: 0, headingRad: 1 });
  expect(Buffer.compare(there.data, moved.data)).not.toBe(0);
  expect(Buffer.compare(there.data, turned.data)).not.toBe(0);
});

it('is real VP8: a key frame first and whenever one is asked for, in the right size', async () => {
  const encoder = await createVp8Encoder({ ...size, framesPerSecond: 12, bitsPerSecond: 350_000 });
  const frames: boolean[] = [];
  const shown = picture();
  let bytes = 0;
  for (let i = 0; i < 24; i += 1) {
    paintScene(shown, { xM: i / 20, yM: 0, headingRad: i / 50 });
    for (const { data, isKey } of await encoder.encode(shown, { forceKey: i === 12 })) {
      if (isKey) expect(sizeIn(data)).toEqual(size);
      frames.push(isKey);
      bytes += data.length;
    }
  }
  await encoder.close();
  expect(frames.flatMap((isKey, i) => (isKey ? [i] : []))).toEqual([0, 12]);
  // Two seconds: what was asked for, more or less.
  expect(bytes * 4).toBeLessThan(2 * 350_000);
});

it('travels in packets that fit, in order, the last one marked', () => {
  const frame = Uint8Array.from({ length: 2_500 }, (_, i) => i % 256);
  const packets = packetise(frame, { timestamp: 90_000, firstSequenceNumber: 65_534 });
  expect(packets.map(({ header }) => header.sequenceNumber)).toEqual([65_534, 65_535, 0]);
  expect(packets.map(({ header }) => header.marker)).toEqual([false, false, true]);
  expect(packets.map(({ payload }) => payload[0])).toEqual([0x10, 0, 0]);
  expect(packets.every(({ header }) => header.timestamp === 90_000)).toBe(true);
  expect(Buffer.concat(packets.map(({ payload }) => payload.subarray(1)))).toEqual(Buffer.from(frame));
});
