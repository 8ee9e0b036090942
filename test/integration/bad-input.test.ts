import { describe, expect, it } from 'vitest';
import { itUnless } from './support/emulator.ts';
import { enterAs, openPair } from './support/raw-client.ts';
import { target } from './support/target.ts';

const sessionUnknown = { type: 'error', code: 'session_unknown' };

describe('messages that cannot be', () => {
  it.each([
    ['not JSON', 'hello there', 'bad_request'],
    ['a JSON string', '"hello"', 'bad_request'],
    ['a JSON array', '[{"action":"hello"}]', 'bad_request'],
    ['null', 'null', 'bad_request'],
    ['an empty message', ' ', 'bad_request'],
    ['no action', '{}', 'unknown_action'],
    ['an unknown action', '{"action":"fly"}', 'unknown_action'],
    ['an action of the gateway', '{"action":"$connect"}', 'unknown_action'],
    ['an action that is no text', '{"action":7}', 'unknown_action'],
  ])('%s is answered with its code', async (_name, text, code) => {
    const { client } = await enterAs(await target(), 'operator-1');
    client.send(text);
    expect(await client.nextOf('error')).toMatchObject({ code, retryable: false });
    await client.close();
  });

  it.each([
    ['hello', {}, 'protocol'],
    ['hello', { protocol: '1' }, 'protocol'],
    ['openSession', { mode: 'view' }, 'robotId'],
    ['openSession', { robotId: 'rover-1', mode: 'own' }, 'mode'],
    ['openSession', { robotId: '', mode: 'view' }, 'robotId'],
    ['openSession', { robotId: 'r'.repeat(200), mode: 'view' }, 'robotId'],
    ['signal', { robotId: 'rover-1', sessionId: 'a b', seq: 1, kind: 'offer' }, 'sessionId'],
    ['signal', { robotId: 'rover-1', sessionId: 'ab', seq: 0, kind: 'offer' }, 'seq'],
    ['signal', { robotId: 'rover-1', sessionId: 'ab', seq: 1, kind: 'shout' }, 'kind'],
    ['closeSession', { robotId: 'rover-1', sessionId: 'ab', reason: 'revoked' }, 'reason'],
    ['refreshToken', {}, 'token'],
    ['listRobots', { cursor: 7 }, 'cursor'],
    ['listRobots', { cursor: '["other",null]' }, 'cursor'],
  ])('%s with %j names the field', async (action, fields, field) => {
    const { client } = await enterAs(await target(), 'operator-1');
    const answer = await client.request(action, fields);
    expect(answer).toMatchObject({
      type: 'error',
      code: 'bad_request',
      message: expect.stringContaining(field),
    });
    await client.close();
  });

  it('a requestId that is too long is refused, and unknown fields are ignored', async () => {
    const { client } = await enterAs(await target(), 'operator-1');
    client.send({ action: 'listRobots', requestId: 'r'.repeat(65) });
    expect(await client.nextOf('error')).toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('requestId'),
    });
    await client.ask('listRobots', 'robots', { colour: 'red' });
    await client.close();
  });

  it('more than 30 KB is payload_too_large, on every route, and harms no other session', async () => {
    const to = await target();
    const { robot, client, key } = await openPair(to, { robot: 'rover-1', client: 'operator-1' });
    const big = 'x'.repeat(30 * 1024);
    expect(await client.request('signal', { ...key, seq: 1, kind: 'custom', data: big })).toMatchObject({
      code: 'payload_too_large',
    });
    expect(await client.request('fly', { data: big })).toMatchObject({ code: 'payload_too_large' });
    await client.ask('signal', 'signalAck', { ...key, seq: 2, kind: 'custom', data: 'small' });
    expect(await robot.nextOf('signal')).toMatchObject({ data: 'small' });
    await Promise.all([robot.close(), client.close()]);
  });

  it('a signal that would grow beyond a frame when it is written anew is not passed on', async () => {
    const to = await target();
    const { robot, client, key } = await openPair(to, { robot: 'rover-1', client: 'operator-1' });
    const growing = `[${Array(5_800).fill('1e20').join(',')}]`;
    const fields = JSON.stringify({ action: 'signal', ...key, seq: 1, kind: 'custom', requestId: 'big' });
    client.send(`${fields.slice(0, -1)},"data":${growing}}`);
    expect(await client.nextOf('error')).toMatchObject({
      code: 'payload_too_large',
      requestId: 'big',
      seq: 1,
    });
    await client.ask('signal', 'signalAck', { ...key, seq: 2, kind: 'custom', data: 'small' });
    expect(await robot.nextOf('signal')).toMatchObject({ data: 'small' });
    await Promise.all([robot.close(), client.close()]);
  });

  itUnless(
    'size-limits',
    'a message of 130 KB closes 1009, a binary one 1003; other sessions live on',
    async () => {
      const to = await target();
      const { robot, client, key } = await openPair(to, { robot: 'rover-1', client: 'operator-1' });
      const big = await enterAs(to, 'operator-2');
      big.client.send('x'.repeat(130 * 1024));
      expect(await big.client.closed).toEqual({ code: 1009 });
      const binary = await enterAs(to, 'operator-2');
      binary.client.socket.send(Buffer.from('{"action":"ping"}'), { binary: true });
      expect(await binary.client.closed).toEqual({ code: 1003 });
      await client.ask('signal', 'signalAck', { ...key, seq: 1, kind: 'custom', data: 'alive' });
      await Promise.all([robot.close(), client.close()]);
    },
  );
});

describe("what is not the caller's own cannot be told from what does not exist", () => {
  it('a foreign session, a closed one and one that never was give the same answer', async () => {
    const to = await target();
    const { robot, client, key } = await openPair(to, { robot: 'rover-1', client: 'operator-1' });
    const stranger = await enterAs(to, 'operator-2');
    const other = await enterAs(to, 'rover-2');
    const never = { robotId: 'rover-1', sessionId: 'never-was' };
    const signal = { seq: 1, kind: 'custom', data: 'psst' };
    for (const { client: socket } of [stranger, other]) {
      const foreign = await socket.request('signal', { ...key, ...signal, requestId: 'a' });
      const absent = await socket.request('signal', { ...never, ...signal, requestId: 'b' });
      expect(foreign).toMatchObject(sessionUnknown);
      expect({ ...foreign, requestId: '', sessionId: '' }).toEqual({
        ...absent,
        requestId: '',
        sessionId: '',
      });
      expect(await socket.request('closeSession', key)).toMatchObject(sessionUnknown);
    }
    await client.ask('signal', 'signalAck', { ...key, ...signal, data: 'mine' });
    expect(await robot.nextOf('signal')).toMatchObject({ data: 'mine' });
    await Promise.all([robot, client, stranger.client, other.client].map((socket) => socket.close()));
  });

  it('a robot of another fleet and one that does not exist give the same answer; admins are told', async () => {
    const to = await target();
    const robot = await enterAs(to, 'rover-1');
    const stranger = await enterAs(to, 'operator-9');
    const admin = await enterAs(to, 'admin-1');
    const foreign = await stranger.client.request('openSession', {
      robotId: 'rover-1',
      mode: 'view',
      requestId: 'a',
    });
    const absent = await stranger.client.request('openSession', {
      robotId: 'no-robot',
      mode: 'view',
      requestId: 'b',
    });
    expect(foreign).toMatchObject({ type: 'error', code: 'forbidden' });
    expect({ ...foreign, requestId: '' }).toEqual({ ...absent, requestId: '' });
    expect(await admin.client.request('openSession', { robotId: 'no-robot', mode: 'view' })).toMatchObject({
      code: 'robot_unknown',
    });
    await Promise.all([robot, stranger, admin].map(({ client }) => client.close()));
  });
});
