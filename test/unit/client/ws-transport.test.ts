import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { TransportEnd } from '../../../client/src/connection/transport.ts';
import { wsTransport } from '../../../client/src/node/ws-transport.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function portOf(answer: RequestListener): Promise<number> {
  const server = createHttpServer(answer).listen(0, '127.0.0.1');
  stops.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function connect(port: number) {
  const ends: TransportEnd[] = [];
  let opened = 0;
  const ended = Promise.withResolvers<void>();
  const transport = wsTransport()(
    { url: `ws://127.0.0.1:${port}`, token: 'secret' },
    {
      onOpen: () => {
        opened += 1;
      },
      onFrame: () => undefined,
      onEnd: (end) => {
        ends.push(end);
        ended.resolve();
      },
    },
  );
  return { transport, ends, opened: () => opened, ended: ended.promise };
}

describe('what answers the handshake of the Node transport', () => {
  it.each([
    [401, 'application/json', '{"message":"Unauthorized"}'],
    [403, 'application/json', '{"message":"Forbidden"}'],
    [429, 'application/json', '{"message":"Too Many Requests"}'],
    [500, 'text/html', '<html>Oops</html>'],
    [200, 'text/html', '<html>Sign in to the Wi-Fi</html>'],
    [302, 'text/html', ''],
  ])('%i %s: ends once, with its status, and opens nothing', async (status, type, body) => {
    const port = await portOf((_, response) => {
      response.writeHead(status, { 'content-type': type, location: 'https://portal.example' }).end(body);
    });
    const { ends, opened, ended } = connect(port);
    await ended;
    expect(ends).toEqual([{ code: 1006, status }]);
    expect(opened()).toBe(0);
  });

  it('no HTTP at all: ends once, without a status', async () => {
    const server = createTcpServer((socket) => socket.end('220 mail.example ESMTP\r\n')).listen(
      0,
      '127.0.0.1',
    );
    stops.push(() => server.close());
    await once(server, 'listening');
    const { ends, ended } = connect((server.address() as AddressInfo).port);
    await ended;
    expect(ends).toEqual([{ code: 1006, status: undefined }]);
  });

  it('nothing, for as long as anybody waits: it can be given up', async () => {
    const server = createTcpServer((socket) => stops.push(() => socket.destroy())).listen(0, '127.0.0.1');
    stops.push(() => server.close());
    await once(server, 'listening');
    const { transport, ends, ended } = connect((server.address() as AddressInfo).port);
    await once(server, 'connection');
    expect(ends).toEqual([]);
    transport.close();
    await ended;
    expect(ends).toEqual([{ code: 1006, status: undefined }]);
  });
});
