import { describe, expect, it } from 'vitest';
import type { LifeEvent } from '../../../functions/core/ports/life-log.ts';
import { bye } from '../../../functions/core/use-cases/bye.ts';
import type { ErrorCode } from '../../../protocol/error-codes.ts';
import { errorCodes } from '../../../protocol/error-codes.ts';
import { maxMessageBytes } from '../../../protocol/limits.ts';
import { connected, inSession, opened, socketNamed, welcomed } from '../core/support/cast.ts';
import { admin1, operator1, operator2, operator9, rover1, viewer1 } from '../core/support/people.ts';
import { newWorld, stun, t0, type World } from '../core/support/world.ts';
import { clientExamples, wrongClientMessages } from '../protocol/support/examples.ts';
import { api, codeSaid, messageEvent, messageRoutes, type RouteKey, said } from './support/gateway-calls.ts';

const lifeMs = 600_000;
const requestId = 'request-1';

/** A robot `robot`, a client `A` in a session with it, and a client `B` of another fleet. */
async function scene(world = newWorld()) {
  const robot = await welcomed(world, rover1, { name: 'robot' });
  const a = await welcomed(world, operator1, { name: 'A', lifeMs });
  const { sessionId } = await opened(world, a);
  await welcomed(world, operator9, { name: 'B' });
  return { world, robot, a, sessionId, call: api(world) };
}

const refusals = (world: World) => world.noted('message_refused');

describe('every answer is a status 200 with one message, its requestId copied', () => {
  it('hello: nothing itself, welcome is posted', async () => {
    const world = newWorld();
    const socket = await connected(world, operator1, { name: 'A' });
    const message = { action: 'hello', protocol: 1, requestId };
    expect(await api(world)(messageEvent('hello', message))).toEqual({ statusCode: 200 });
    expect(world.gateway.to(socket)).toMatchObject([{ type: 'welcome', requestId }]);
  });

  it('refreshToken: tokenRefreshed', async () => {
    const { world, call } = await scene();
    world.pass(1_000);
    const message = { action: 'refreshToken', token: world.tokens.issue(operator1), requestId };
    expect(said(await call(messageEvent('refreshToken', message)))).toEqual({
      type: 'tokenRefreshed',
      requestId,
      sentAt: world.clock.at,
      tokenExpiresAt: t0 + 1_000 + world.policy.tokenMs,
      refreshAt: t0 + 1_000 + world.policy.tokenMs * 0.8,
    });
  });

  it('listRobots: robots', async () => {
    const { call } = await scene();
    expect(said(await call(messageEvent('listRobots', { action: 'listRobots', requestId })))).toEqual({
      type: 'robots',
      requestId,
      robots: [
        {
          robotId: 'rover-1',
          state: 'online',
          sinceAt: expect.any(Number),
          fleets: ['demo'],
          controlled: true,
          controlledBy: expect.objectContaining({ userName: 'operator-1' }),
        },
      ],
    });
  });

  it('openSession: sessionOpened, the same for the same requestId', async () => {
    const { call } = await scene();
    const event = messageEvent('openSession', {
      action: 'openSession',
      robotId: 'rover-1',
      mode: 'view',
      requestId,
    });
    const first = said(await call(event));
    expect(first).toMatchObject({ type: 'sessionOpened', requestId, mode: 'view', iceServers: [stun] });
    expect(said(await call(event))).toEqual(first);
  });

  it('signal: signalAck with a requestId, nothing without', async () => {
    const { world, robot, sessionId, call } = await scene();
    const message = {
      action: 'signal',
      sessionId,
      robotId: 'rover-1',
      seq: 4,
      kind: 'offer',
      data: { sdp: 'v=0' },
    };
    expect(await call(messageEvent('signal', message))).toEqual({ statusCode: 200 });
    expect(said(await call(messageEvent('signal', { ...message, requestId })))).toEqual({
      type: 'signalAck',
      requestId,
      sessionId,
      seq: 4,
    });
    const relayed = world.gateway.to(robot).slice(-2);
    expect(relayed).toMatchObject([{ data: { sdp: 'v=0' } }, { data: { sdp: 'v=0' } }]);
    expect(relayed[1]).not.toHaveProperty('requestId');
  });

  it('closeSession: sessionClosed, `closed` by default', async () => {
    const { sessionId, call } = await scene();
    const message = { action: 'closeSession', sessionId, robotId: 'rover-1', requestId };
    expect(said(await call(messageEvent('closeSession', message)))).toEqual({
      type: 'sessionClosed',
      requestId,
      sessionId,
      reason: 'closed',
    });
  });

  it('getIceServers: iceServers', async () => {
    const { call } = await scene();
    expect(said(await call(messageEvent('getIceServers', { action: 'getIceServers', requestId })))).toEqual({
      type: 'iceServers',
      requestId,
      iceServers: [stun],
      expiresAt: t0 + 3_600_000,
    });
  });

  it('bye: nothing, the socket is closed', async () => {
    const { world, call } = await scene();
    expect(await call(messageEvent('bye', { action: 'bye', requestId }))).toEqual({ statusCode: 200 });
    expect(world.gateway.closed).toEqual(['A']);
  });

  it.each([undefined, requestId])('no answer without a requestId has one: %s', async (given) => {
    const { call } = await scene();
    for (const action of ['listRobots', 'getIceServers'] as const) {
      const message = said(await call(messageEvent(action, { action, requestId: given })));
      expect(message !== undefined && 'requestId' in message).toBe(given !== undefined);
    }
  });
});

describe.each(messageRoutes)('what is wrong with a frame on %s', (action) => {
  it.each([
    ['bad_request', 'not JSON', undefined],
    ['bad_request', '[]', undefined],
    ['bad_request', '', undefined],
    [
      'payload_too_large',
      JSON.stringify({ ...clientExamples[action].full, requestId, filler: 'x'.repeat(maxMessageBytes) }),
      requestId,
    ],
    ['payload_too_large', 'x'.repeat(130 * 1024), undefined],
  ])('%s: %.20s, counted once, nobody asked', async (code, body, echoed) => {
    const { world, call } = await scene();
    const before = structuredClone(world.state);
    world.tap.forget();
    const message = said(await call(messageEvent(action, body)));
    expect(message).toMatchObject({ type: 'error', code, retryable: false });
    expect(message && 'requestId' in message ? message.requestId : undefined).toBe(echoed);
    expect(refusals(world)).toEqual([{ type: 'message_refused', action, code, connectionId: 'A' }]);
    expect(world.tap.calls).toEqual([]);
    expect(world.state).toEqual(before);
  });

  const wrong: readonly { field: string; value: unknown }[] = [
    { field: 'requestId', value: 7 },
    ...wrongClientMessages.filter((each) => each.action === action),
  ];
  it.each(wrong)(
    'bad_request: $field = $value, named but not quoted, counted once',
    async ({ field, value }) => {
      const { world, call } = await scene();
      world.tap.forget();
      const body = { ...clientExamples[action].full, [field]: value };
      const message = said(await call(messageEvent(action, body)));
      expect(message).toMatchObject({
        type: 'error',
        code: 'bad_request',
        retryable: false,
        message: expect.stringContaining(field),
      });
      if (typeof value === 'string' && value.length > 5) expect(JSON.stringify(message)).not.toContain(value);
      expect(refusals(world)).toHaveLength(1);
      expect(world.tap.calls).toEqual([]);
    },
  );

  it('bad_request: a body in base64, which is what a binary frame would be', async () => {
    const { world, call } = await scene();
    const body = Buffer.from(JSON.stringify(clientExamples[action].full)).toString('base64');
    const event = { ...messageEvent(action, ''), body, isBase64Encoded: true };
    expect(codeSaid(await call(event))).toBe('bad_request');
    expect(refusals(world)).toHaveLength(1);
  });
});

describe('what a refusal says of a wrong field', () => {
  it.each([
    [
      'a field that is missing',
      { robotId: undefined },
      'robotId: Invalid input: expected string, received undefined',
    ],
    [
      'a field that is too long',
      { robotId: 'r'.repeat(129) },
      'robotId: Too big: expected string to have <=128 characters',
    ],
    ['none of the choices', { mode: 'own' }, 'mode: Invalid option: expected one of "control"|"view"'],
  ])('%s: what was expected', async (_what, fields, text) => {
    const { call } = await scene();
    const body = { ...clientExamples.openSession.full, ...fields };
    expect(said(await call(messageEvent('openSession', body)))).toMatchObject({ message: text });
  });
});

type Case = {
  readonly code: ErrorCode;
  readonly action: RouteKey;
  readonly from?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly prepare?: (world: World) => unknown;
};

const toRover = { robotId: 'rover-1', mode: 'control' };
const strange = { sessionId: 'made-up', robotId: 'rover-1', seq: 3, kind: 'offer' };
const expire = (world: World) => world.pass(lifeMs);
const cases: readonly Case[] = [
  { code: 'unknown_action', action: '$default', fields: { action: 'dance' } },
  { code: 'unknown_action', action: '$default' },
  { code: 'protocol_unsupported', action: 'hello', fields: { protocol: 2 } },
  { code: 'unauthenticated', action: 'hello', from: 'nobody', fields: { protocol: 1 } },
  { code: 'token_expired', action: 'hello', fields: { protocol: 1 }, prepare: expire },
  { code: 'token_invalid', action: 'refreshToken', fields: { token: 'forged' } },
  {
    code: 'unavailable',
    action: 'refreshToken',
    fields: { token: 'any' },
    prepare: (w) => w.tokens.loseKeys(),
  },
  { code: 'forbidden', action: 'listRobots', from: 'robot' },
  { code: 'bad_request', action: 'listRobots', fields: { cursor: 'forged' } },
  { code: 'unauthenticated', action: 'listRobots', from: 'nobody' },
  { code: 'token_expired', action: 'listRobots', prepare: expire },
  {
    code: 'hello_required',
    action: 'listRobots',
    from: 'young',
    prepare: (w) => connected(w, admin1, { name: 'young' }),
  },
  { code: 'forbidden', action: 'openSession', from: 'B', fields: toRover },
  { code: 'forbidden', action: 'openSession', fields: { ...toRover, robotId: 'nowhere' } },
  {
    code: 'robot_unknown',
    action: 'openSession',
    from: 'admin',
    fields: { ...toRover, robotId: 'nowhere' },
    prepare: (w) => welcomed(w, admin1, { name: 'admin' }),
  },
  {
    code: 'forbidden',
    action: 'openSession',
    from: 'viewer',
    fields: toRover,
    prepare: (w) => welcomed(w, viewer1, { name: 'viewer' }),
  },
  {
    code: 'robot_offline',
    action: 'openSession',
    fields: toRover,
    prepare: (w) => bye(w.deps, { caller: socketNamed('robot'), signOut: false }),
  },
  { code: 'session_unknown', action: 'signal', fields: strange },
  { code: 'token_expired', action: 'signal', fields: strange, prepare: expire },
  { code: 'session_unknown', action: 'closeSession', fields: strange },
  { code: 'token_expired', action: 'getIceServers', prepare: expire },
];

describe('every refusal has its code, its requestId, and counts once', () => {
  it.each(cases)('$action: $code', async ({ code, action, from = 'A', fields, prepare }) => {
    const { world, call } = await scene();
    await prepare?.(world);
    const known = world.events.length;
    const result = await call(messageEvent(action, { action, requestId, ...fields }, from));
    expect(result.statusCode).toBe(200);
    expect(said(result)).toMatchObject({
      type: 'error',
      requestId,
      code,
      retryable: errorCodes[code].retryable,
      message: expect.stringMatching(/^\S.*\.$/s),
    });
    const counted: LifeEvent[] = [
      { type: 'message_refused', action, code, connectionId: socketNamed(from).connectionId },
    ];
    expect(world.events.slice(known)).toEqual(counted);
  });

  it('refreshToken: token_expired, token_not_newer, identity_mismatch, forbidden', async () => {
    const { world, call } = await scene();
    const tokens: [ErrorCode, string][] = [
      ['token_not_newer', world.tokens.issue(operator1, { lifeMs: lifeMs - 1 })],
      ['identity_mismatch', world.tokens.issue(operator2)],
      ['forbidden', world.tokens.issue({ ...operator1, groups: [] })],
      ['token_expired', world.tokens.issue(operator1, { lifeMs: 0 })],
    ];
    for (const [code, token] of tokens) {
      expect(codeSaid(await call(messageEvent('refreshToken', { action: 'refreshToken', token })))).toBe(
        code,
      );
    }
    expect(refusals(world).map(({ code }) => code)).toEqual(tokens.map(([code]) => code));
  });

  it('robot_busy', async () => {
    const { world, call } = await scene(newWorld({ maxSessionsPerRobot: 1 }));
    const event = messageEvent('openSession', { action: 'openSession', ...toRover });
    expect(codeSaid(await call(event))).toBe('robot_busy');
    expect(refusals(world)).toHaveLength(1);
  });

  it('protocol_unsupported names what is supported', async () => {
    const { call } = await scene();
    const event = messageEvent('hello', { action: 'hello', protocol: 9 });
    expect(said(await call(event))).toMatchObject({ supported: [1] });
  });

  it('a signal’s echoes sessionId and seq', async () => {
    const { call } = await scene();
    const event = messageEvent('signal', { action: 'signal', ...strange });
    expect(said(await call(event))).toMatchObject({ sessionId: 'made-up', seq: 3 });
  });

  it('but peer_away, which is nobody’s fault and comes in bursts, is not counted', async () => {
    const { world, robot, sessionId, call } = await scene();
    world.gateway.drop(robot);
    const known = world.events.length;
    const message = { ...strange, action: 'signal', sessionId, requestId };
    expect(said(await call(messageEvent('signal', message)))).toMatchObject({
      code: 'peer_away',
      requestId,
      sessionId,
      seq: 3,
      retryable: true,
    });
    expect(world.events).toHaveLength(known);
  });

  it.each([
    ['payload_too_large', 'x'.repeat(maxMessageBytes + 1)],
    ['bad_request', 'not JSON'],
    ['bad_request', '[1]'],
  ])('$default: %s', async (code, body) => {
    const { world, call } = await scene();
    expect(codeSaid(await call(messageEvent('$default', body)))).toBe(code);
    expect(refusals(world)).toHaveLength(1);
  });
});

it('a refusal harms no other session', async () => {
  const world = newWorld();
  const { sessionId } = await inSession(world, rover1, operator1);
  await welcomed(world, operator9, { name: 'B' });
  const before = structuredClone(world.state);
  const call = api(world);
  for (const action of ['signal', 'closeSession', 'openSession'] as const) {
    await call(messageEvent(action, { action, ...strange, ...toRover, sessionId }, 'B'));
  }
  expect(world.state).toEqual(before);
});
