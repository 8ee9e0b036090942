import { describe, expect, it } from 'vitest';
import { DependencyUnavailable } from '../../../functions/core/ports/dependency-unavailable.ts';
import { dispatch } from '../../../functions/edge/dispatch.ts';
import { opened, welcomed } from '../core/support/cast.ts';
import { operator1, rover1 } from '../core/support/people.ts';
import { newWorld } from '../core/support/world.ts';
import { clientExamples } from '../protocol/support/examples.ts';
import { api, messageEvent, said } from './support/gateway-calls.ts';

const requestId = 'request-1';
const secret = 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0.c2ln';

/** Each action with the first call that it makes; `bye`, which signs out here, with the first of each kind. */
const firstCalls = [
  { action: 'hello', call: 'connections.get' },
  { action: 'refreshToken', call: 'verifier.verify' },
  { action: 'listRobots', call: 'connections.get' },
  { action: 'openSession', call: 'connections.get' },
  { action: 'closeSession', call: 'sessions.get' },
  { action: 'getIceServers', call: 'connections.get' },
  { action: 'bye', call: 'connections.get' },
  { action: 'bye', call: 'revocations.revokeSignIn' },
  { action: 'bye', call: 'connections.markClosing' },
] as const;

async function scene() {
  const world = newWorld();
  await welcomed(world, rover1, { name: 'robot' });
  const client = await welcomed(world, operator1, { name: 'A' });
  const { sessionId } = await opened(world, client);
  const call = (action: keyof typeof clientExamples) =>
    api(world)(messageEvent(action, { ...clientExamples[action].full, requestId, sessionId }));
  return { world, call, known: world.events.length };
}

describe.each(firstCalls)('$action, when $call', ({ action, call: failing }) => {
  it('I10: is unavailable: unavailable, to be tried again, and recorded', async () => {
    const { world, call, known } = await scene();
    const error = new DependencyUnavailable('DynamoDB', 'ThrottlingException', new Error(secret));
    world.tap.fail(failing, { error });
    const result = await call(action);
    expect(said(result)).toMatchObject({ type: 'error', code: 'unavailable', retryable: true, requestId });
    expect(world.events.slice(known)).toEqual([
      { type: 'dependency_unavailable', where: action, code: 'ThrottlingException' },
      { type: 'message_refused', action, code: 'unavailable', connectionId: 'A' },
    ]);
    expect(JSON.stringify([result, world.events])).not.toContain(secret);
  });

  it('throws anything else: internal, and recorded as a fault', async () => {
    const { world, call, known } = await scene();
    world.tap.fail(failing, { error: new TypeError(`cannot read ${secret}`) });
    const result = await call(action);
    expect(said(result)).toMatchObject({ type: 'error', code: 'internal', retryable: true, requestId });
    expect(world.events.slice(known)).toEqual([
      { type: 'fault', where: action, name: 'TypeError', stack: expect.stringMatching(/^\s+at /) },
      { type: 'message_refused', action, code: 'internal', connectionId: 'A' },
    ]);
    expect(JSON.stringify([result, world.events])).not.toContain(secret);
  });
});

describe('signal', () => {
  it('is unavailable with sessionId and seq, counted once', async () => {
    const { world, call, known } = await scene();
    world.tap.fail('signalPath.read');
    expect(said(await call('signal'))).toMatchObject({ code: 'unavailable', requestId, seq: 1 });
    expect(world.noted('message_refused')).toHaveLength(1);
    expect(world.noted('dependency_unavailable')).toMatchObject([{ where: 'signal' }]);
    expect(world.events.slice(known)).toHaveLength(2);
  });

  it('is internal for a fault', async () => {
    const { world, call } = await scene();
    world.tap.fail('signalPath.read', { error: new RangeError(secret) });
    const result = await call('signal');
    expect(said(result)).toMatchObject({ code: 'internal', requestId });
    expect(JSON.stringify([result, world.events])).not.toContain(secret);
  });
});

/** A function with one route that throws what it is given. */
function throwing(thrown: unknown) {
  const world = newWorld();
  const call = dispatch({
    deps: world.deps,
    endpointOf: () => 'https://example.org',
    routes: { hello: () => Promise.reject(thrown) },
  });
  return { world, call: () => call(messageEvent('hello', { action: 'hello', requestId })) };
}

describe('whatever is thrown', () => {
  it.each([
    ['a text', secret, 'string'],
    ['an object', { message: secret }, 'object'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'object'],
  ])('%s is internal, told by its kind alone', async (_what, thrown, name) => {
    const { world, call } = throwing(thrown);
    expect(said(await call())).toMatchObject({ code: 'internal', requestId });
    expect(world.noted('fault')).toEqual([{ type: 'fault', where: 'hello', name }]);
    expect(JSON.stringify(world.events)).not.toContain(secret);
  });

  it('an error without a stack is told by its name', async () => {
    const error = new Error(secret);
    delete error.stack;
    const { world, call } = throwing(error);
    await call();
    expect(world.noted('fault')).toEqual([{ type: 'fault', where: 'hello', name: 'Error' }]);
  });

  it.each(['', 'run'])('an error that says %j keeps its stack', async (message) => {
    const { world, call } = throwing(new Error(message));
    await call();
    expect(world.noted('fault')[0]?.stack).toContain('failures.test.ts');
  });

  it('an error with a long stack is told by its top', async () => {
    const { world, call } = throwing(new Error('deep'));
    await call();
    expect(world.noted('fault')[0]?.stack?.split('\n').length).toBeLessThanOrEqual(6);
  });

  it('I9: an error of several lines is told without any of them', async () => {
    const { world, call } = throwing(new Error(`line one ${secret}\nline two ${secret}`));
    await call();
    expect(JSON.stringify(world.events)).not.toContain(secret);
  });

  it('I9: nor one of them that begins as a stack frame does', async () => {
    const { world, call } = throwing(new Error(`line one\n    at ${secret}`));
    await call();
    expect(JSON.stringify(world.events)).not.toContain(secret);
  });
});

describe('a function', () => {
  it('does not serve a route that is not its own: that is a fault of the deployment, not an answer', async () => {
    const { call } = { call: dispatch({ deps: newWorld().deps, endpointOf: () => '', routes: {} }) };
    await expect(call(messageEvent('hello', {}))).rejects.toThrow('hello');
  });

  it('nor one that is named like a part of every object', async () => {
    const call = dispatch({ deps: newWorld().deps, endpointOf: () => '', routes: {} });
    await expect(call(messageEvent('constructor', {}))).rejects.toThrow('not served');
  });

  it('takes its caller’s address from the event, and where to post from its own settings', async () => {
    const seen: unknown[] = [];
    const call = dispatch({
      deps: newWorld().deps,
      endpointOf: ({ requestContext: { apiId, stage } }) => `https://${apiId}.example.org/${stage}`,
      routes: {
        hello: async (_deps, { caller }) => {
          seen.push(caller);
          return { statusCode: 200 };
        },
      },
    });
    await call(messageEvent('hello', {}, 'Zz1aBcdEfGhIjkL='));
    expect(seen).toEqual([{ connectionId: 'Zz1aBcdEfGhIjkL=', endpoint: 'https://abc.example.org/live' }]);
  });
});
