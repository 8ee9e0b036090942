import { describe, expect, test } from 'vitest';
import { frameMeter } from '../../local/gateway/frame-meter.ts';
import {
  connectTo,
  lambda,
  ok,
  pingRoute,
  recorder,
  requestContextOf,
  startGateway,
} from './support/gateway-harness.ts';

const KB = 1024;

describe('sizes', () => {
  test('a frame of 32 KB passes, of one byte more closes 1009', async () => {
    const received = recorder();
    const disconnect = recorder();
    const gateway = await startGateway({
      $default: lambda(received.invoke),
      $disconnect: lambda(disconnect.invoke),
    });
    const client = await connectTo(gateway);
    client.send('x'.repeat(32 * KB));
    expect(String((await received.events.next()).body).length).toBe(32 * KB);
    client.send('x'.repeat(32 * KB + 1));
    expect((await client.closed).code).toBe(1009);
    expect(requestContextOf(await disconnect.events.next()).disconnectStatusCode).toBe(1009);
    expect(received.events.waiting()).toEqual([]);
  });

  test('40 KB in one frame closes 1009, in two frames passes', async () => {
    const received = recorder();
    const gateway = await startGateway({ $default: lambda(received.invoke) });
    const fragmenting = await connectTo(gateway);
    fragmenting.ws.send('x'.repeat(20 * KB), { fin: false });
    fragmenting.ws.send('y'.repeat(20 * KB), { fin: true });
    expect(String((await received.events.next()).body).length).toBe(40 * KB);

    const single = await connectTo(gateway);
    single.send('x'.repeat(40 * KB));
    expect((await single.closed).code).toBe(1009);
    expect(received.events.waiting()).toEqual([]);
    expect(fragmenting.ws.readyState).toBe(fragmenting.ws.OPEN);
  });

  test('an oversized frame closes before it is complete, and the messages before it count', async () => {
    const received = recorder();
    const gateway = await startGateway({ $default: lambda(received.invoke) });
    const client = await connectTo(gateway);
    client.send('before');
    client.ws.send('x'.repeat(40 * KB), { fin: false });
    expect((await client.closed).code).toBe(1009);
    expect((await received.events.next()).body).toBe('before');
    expect(received.events.waiting()).toEqual([]);
  });

  test('a message above 128 KB in small frames closes 1009', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $default: lambda(ok), $disconnect: lambda(disconnect.invoke) });
    const client = await connectTo(gateway);
    for (let part = 0; part < 6; part += 1) client.ws.send('x'.repeat(20 * KB), { fin: false });
    client.ws.send('x'.repeat(20 * KB), { fin: true });
    expect((await client.closed).code).toBe(1009);
    expect(requestContextOf(await disconnect.events.next()).disconnectStatusCode).toBe(1009);
  });

  test('the limits can be set', async () => {
    const gateway = await startGateway({ ping: pingRoute }, { maxFrameBytes: 100, maxMessageBytes: 200 });
    const client = await connectTo(gateway);
    client.send('x'.repeat(101));
    expect((await client.closed).code).toBe(1009);
  });

  test('a client that does not answer the close does not put its $disconnect off', async () => {
    const disconnect = recorder();
    const gateway = await startGateway({ $disconnect: lambda(disconnect.invoke) }, { maxMessageBytes: 10 });
    const client = await connectTo(gateway);
    client.ws.pause();
    client.send('x'.repeat(11));
    expect(requestContextOf(await disconnect.events.next()).disconnectStatusCode).toBe(1009);
  });

  test('a binary message closes 1003', async () => {
    const received = recorder();
    const disconnect = recorder();
    const gateway = await startGateway({
      $default: lambda(received.invoke),
      $disconnect: lambda(disconnect.invoke),
    });
    const client = await connectTo(gateway);
    client.ws.send(Buffer.from('{"action":"ping"}'), { binary: true });
    expect((await client.closed).code).toBe(1003);
    expect(requestContextOf(await disconnect.events.next()).disconnectStatusCode).toBe(1003);
    expect(received.events.waiting()).toEqual([]);
  });
});

describe('frame meter', () => {
  const MASK = Buffer.from([1, 2, 3, 4]);
  function frame(opcode: number, payloadBytes: number, fin = true): Buffer {
    const start = (fin ? 0x80 : 0) | opcode;
    const payload = Buffer.alloc(payloadBytes);
    if (payloadBytes < 126) return Buffer.concat([Buffer.from([start, 0x80 | payloadBytes]), MASK, payload]);
    const length = Buffer.alloc(payloadBytes < 65_536 ? 2 : 8);
    if (length.length === 2) length.writeUInt16BE(payloadBytes);
    else length.writeBigUInt64BE(BigInt(payloadBytes));
    return Buffer.concat([
      Buffer.from([start, 0x80 | (length.length === 2 ? 126 : 127)]),
      length,
      MASK,
      payload,
    ]);
  }

  test.each([1, 2, 3, 7, 14, 1000, 1_000_000])(
    'finds the oversized message in chunks of %i bytes',
    (chunkBytes) => {
      let reports = 0;
      const meter = frameMeter(1000, () => {
        reports += 1;
      });
      const bytes = Buffer.concat([
        frame(1, 0),
        frame(1, 1000, false),
        frame(9, 125),
        frame(0, 900),
        frame(1, 10, false),
        frame(0, 70_000),
        frame(1, 5000),
      ]);
      for (let at = 0; at < bytes.length; at += chunkBytes)
        meter.measure(bytes.subarray(at, at + chunkBytes));
      expect(reports).toBe(1);
      expect([1, 2, 3, 4].map(meter.isOversized)).toEqual([false, false, true, true]);
    },
  );
});
