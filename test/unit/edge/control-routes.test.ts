import { describe, expect, it } from 'vitest';
import { routeTable } from '../../../functions/route-table.ts';
import { errorCodes } from '../../../protocol/error-codes.ts';
import { connected, keyOf, opened, sent, socketNamed, welcomed } from '../core/support/cast.ts';
import { admin1, operator1, operator2, rover1, viewer1 } from '../core/support/people.ts';
import { lose } from '../core/support/returning.ts';
import { newWorld, type World } from '../core/support/world.ts';
import { api, codeSaid, messageEvent, messageRoutes, type RouteKey, said } from './support/gateway-calls.ts';

const requestId = 'request-1';
const robotId = 'rover-1';

/** A robot `robot`; `A` in control of it, `B` of another operator and `V` of a viewer who look on. */
async function scene() {
  const world = newWorld();
  const robot = await welcomed(world, rover1, { name: 'robot' });
  const a = await welcomed(world, operator1, { name: 'A' });
  const b = await welcomed(world, operator2, { name: 'B' });
  const v = await welcomed(world, viewer1, { name: 'V' });
  const own = await opened(world, a);
  const other = await opened(world, b, { mode: 'view' });
  const view = await opened(world, v, { mode: 'view' });
  const ids = { A: own.sessionId, B: other.sessionId, V: view.sessionId };
  return { world, robot, a, b, ids, call: api(world) };
}

/** As those are told who see the robot: A has opened its session at the beginning. */
function heldByA(world: World) {
  const clientId = world.connection(socketNamed('A'))?.client?.clientId;
  return { clientId, userName: 'operator-1', sinceAt: world.clock.at };
}

it('every route of a message that a function serves is called here', () => {
  const served = Object.entries(routeTable)
    .filter(([key, { integration }]) => integration.type === 'lambda' && !key.startsWith('$'))
    .map(([key]) => key);
  expect([...messageRoutes].sort()).toEqual(served.sort());
});

describe('every answer is a status 200 with one message, its requestId copied', () => {
  it('watchRobots: watching, and robotStatus later without it', async () => {
    const { world, robot, call, b } = await scene();
    for (const fields of [{}, { robotIds: [robotId] }]) {
      const message = { action: 'watchRobots', requestId, ...fields };
      expect(said(await call(messageEvent('watchRobots', message, 'B')))).toEqual({
        type: 'watching',
        requestId,
      });
    }
    await lose(world, robot);
    expect(sent(world, b, 'robotStatus')).toEqual([
      { type: 'robotStatus', robotId, state: 'away', sinceAt: world.clock.at, controlledBy: heldByA(world) },
    ]);
  });

  it('requestControl, grantControl, releaseControl: controlChanged, whose others get it without the requestId', async () => {
    const { world, robot, ids, call } = await scene();
    const say = async (action: RouteKey, from: 'A' | 'B', fields = {}) =>
      said(
        await call(
          messageEvent(action, { action, requestId, robotId, sessionId: ids[from], ...fields }, from),
        ),
      );
    const changed = (sessionId: string | null, leaseEpoch: number) => ({
      type: 'controlChanged',
      requestId,
      robotId,
      sessionId,
      leaseEpoch,
    });
    expect(await say('grantControl', 'A', { to: ids.B })).toEqual(changed(ids.B, 2));
    expect(await say('releaseControl', 'B')).toEqual(changed(null, 3));
    expect(await say('requestControl', 'A')).toEqual(changed(ids.A, 4));
    const told = sent(world, robot, 'controlChanged');
    expect(told.map(({ leaseEpoch }) => leaseEpoch)).toEqual([2, 3, 4]);
    for (const message of told) expect(message).not.toHaveProperty('requestId');
    expect(sent(world, socketNamed('V'), 'controlChanged')).toEqual(told);
  });

  it('requestControl with force: of an admin alone', async () => {
    const { world, ids, call } = await scene();
    const admin = await welcomed(world, admin1, { name: 'admin' });
    const { sessionId } = await opened(world, admin, { mode: 'view' });
    const message = { action: 'requestControl', robotId, force: true };
    const forced = await call(messageEvent('requestControl', { ...message, sessionId }, 'admin'));
    expect(said(forced)).toMatchObject({ type: 'controlChanged', sessionId });
    const refused = await call(messageEvent('requestControl', { ...message, sessionId: ids.B }, 'B'));
    expect(codeSaid(refused)).toBe('forbidden');
  });

  it('hello with a key: welcome of the same client, and the counts passed on', async () => {
    const { world, robot, a, ids, call } = await scene();
    const resume = keyOf(world, a);
    await lose(world, a);
    await connected(world, operator1, { name: 'C' });
    const message = { action: 'hello', protocol: 1, requestId, resume, received: { [ids.A]: 41 } };
    expect(await call(messageEvent('hello', message, 'C'))).toEqual({ statusCode: 200 });
    expect(sent(world, socketNamed('C'), 'welcome')).toMatchObject([
      { requestId, resumed: true, clientId: 'client-1', sessions: [{ sessionId: ids.A, mode: 'control' }] },
    ]);
    expect(sent(world, robot, 'peerBack')).toEqual([{ type: 'peerBack', sessionId: ids.A, received: 41 }]);
  });
});

describe('a resume key or counts that cannot be', () => {
  it.each([
    { field: 'resume', value: 'x'.repeat(257) },
    { field: 'resume', value: '' },
    { field: 'resume', value: false },
    { field: 'received', value: { 'a b': 1 } },
    { field: 'received', value: { s: -1 } },
    { field: 'received', value: { s: 1.5 } },
  ])(
    '$field = $value: bad_request, nothing is claimed, and the value is not quoted',
    async ({ field, value }) => {
      const { world, call } = await scene();
      await connected(world, operator1, { name: 'C' });
      const before = structuredClone(world.state);
      const result = await call(
        messageEvent('hello', { action: 'hello', protocol: 1, requestId, [field]: value }, 'C'),
      );
      expect(said(result)).toMatchObject({ code: 'bad_request', requestId });
      expect(JSON.stringify(said(result))).not.toContain('xxxxx');
      expect(world.state).toEqual(before);
    },
  );

  it('I9: a key that is brought appears in no line, whether it is good or not', async () => {
    const { world, a, call } = await scene();
    const good = keyOf(world, a);
    for (const [i, resume] of [good, 'client-1.guessed-secret'].entries()) {
      await connected(world, operator1, { name: `C${i}` });
      await call(messageEvent('hello', { action: 'hello', protocol: 1, resume }, `C${i}`));
      expect(JSON.stringify(world.events)).not.toContain(resume);
    }
  });
});

type Ids = Awaited<ReturnType<typeof scene>>['ids'];
const control = (sessionId: string, more = {}) => ({ robotId, sessionId, ...more });
const cases: readonly {
  code: keyof typeof errorCodes;
  action: RouteKey;
  from: string;
  fields: (ids: Ids) => Record<string, unknown>;
  prepare?: (world: World) => unknown;
}[] = [
  { code: 'control_held', action: 'requestControl', from: 'B', fields: ({ B }) => control(B) },
  { code: 'forbidden', action: 'requestControl', from: 'V', fields: ({ V }) => control(V) },
  { code: 'forbidden', action: 'requestControl', from: 'B', fields: ({ B }) => control(B, { force: true }) },
  { code: 'session_unknown', action: 'requestControl', from: 'B', fields: ({ A }) => control(A) },
  { code: 'forbidden', action: 'requestControl', from: 'robot', fields: ({ A }) => control(A) },
  { code: 'unauthenticated', action: 'requestControl', from: 'nobody', fields: ({ A }) => control(A) },
  { code: 'forbidden', action: 'grantControl', from: 'A', fields: ({ A, V }) => control(A, { to: V }) },
  { code: 'control_held', action: 'grantControl', from: 'B', fields: ({ A, B }) => control(B, { to: A }) },
  {
    code: 'session_unknown',
    action: 'grantControl',
    from: 'A',
    fields: ({ A }) => control(A, { to: 'made-up' }),
  },
  {
    code: 'peer_away',
    action: 'grantControl',
    from: 'A',
    fields: ({ A, B }) => control(A, { to: B }),
    prepare: (world) => lose(world, socketNamed('robot')),
  },
  { code: 'control_held', action: 'releaseControl', from: 'B', fields: ({ B }) => control(B) },
  { code: 'session_unknown', action: 'releaseControl', from: 'B', fields: ({ A }) => control(A) },
  { code: 'forbidden', action: 'watchRobots', from: 'A', fields: () => ({ robotIds: ['nowhere'] }) },
  { code: 'forbidden', action: 'watchRobots', from: 'robot', fields: () => ({}) },
];

describe('every refusal has its code and its requestId', () => {
  it.each(cases)('$action from $from: $code', async ({ code, action, from, fields, prepare }) => {
    const { world, ids, call } = await scene();
    await prepare?.(world);
    const control = world.robot()?.controllerSessionId;
    const result = await call(messageEvent(action, { action, requestId, ...fields(ids) }, from));
    expect(result.statusCode).toBe(200);
    expect(said(result)).toMatchObject({
      type: 'error',
      requestId,
      code,
      retryable: errorCodes[code].retryable,
      message: expect.stringMatching(/^\S.*\.$/s),
    });
    expect(world.robot()?.controllerSessionId).toBe(control);
  });
});
