import { describe, expect, it } from 'vitest';
import { connected, socketNamed, welcomed } from '../core/support/cast.ts';
import { operator1, rover1 } from '../core/support/people.ts';
import { newWorld } from '../core/support/world.ts';
import { api, connectEvent, messageEvent, said } from './support/gateway-calls.ts';

const requestId = 'request-1';
const hello = messageEvent('hello', { action: 'hello', protocol: 1, requestId });
const kinds = [{ who: rover1 }, { who: operator1 }];
const unavailable = { type: 'error', code: 'unavailable', retryable: true, requestId };

describe.each(kinds)('I10: a revocation of $who.userName that cannot be read', ({ who }) => {
  it('answers $connect with 503 and nothing more, and counts the outage', async () => {
    const world = newWorld();
    world.tap.fail('revocations.of');
    const headers = { Authorization: `Bearer ${world.tokens.issue(who)}` };
    expect(await api(world)(connectEvent({ headers }))).toEqual({ statusCode: 503 });
    expect(world.events).toEqual([
      { type: 'dependency_unavailable', where: '$connect', code: 'BrokenInTest' },
    ]);
    expect(world.state.connections.size).toBe(0);
  });

  it('answers hello with unavailable, to be said again', async () => {
    const world = newWorld();
    await connected(world, who, { name: 'A' });
    world.tap.fail('revocations.of');
    expect(said(await api(world)(hello))).toMatchObject(unavailable);
    expect(world.gateway.posted).toEqual([]);
    expect(await api(world)(hello)).toEqual({ statusCode: 200 });
    expect(world.gateway.to(socketNamed('A'))).toMatchObject([{ type: 'welcome', requestId }]);
  });

  it('answers refreshToken with unavailable, to be sent again, and keeps the life', async () => {
    const world = newWorld();
    const socket = await welcomed(world, who, { name: 'A' });
    const before = world.connection(socket);
    world.pass(1_000);
    const message = { action: 'refreshToken', token: world.tokens.issue(who), requestId };
    world.tap.fail('revocations.of');
    expect(said(await api(world)(messageEvent('refreshToken', message)))).toMatchObject(unavailable);
    expect(world.connection(socket)).toEqual(before);
    expect(world.noted('message_refused')).toMatchObject([{ action: 'refreshToken', code: 'unavailable' }]);
    expect(said(await api(world)(messageEvent('refreshToken', message)))).toMatchObject({
      type: 'tokenRefreshed',
      requestId,
    });
  });
});

describe('F13: a sign-in that was revoked', () => {
  it('is refused at $connect with 401, and told what to do', async () => {
    const world = newWorld();
    const headers = { Authorization: `Bearer ${world.tokens.issue(operator1)}` };
    const at = world.clock.at;
    const { principalId } = operator1;
    await world.deps.revocations.revokeSignInsUntil(principalId, { at, keepUntil: at });
    const result = await api(world)(connectEvent({ headers }));
    expect(result).toMatchObject({ statusCode: 401 });
    expect(JSON.parse(result.body ?? '')).toEqual({ message: expect.stringContaining('sign in again') });
  });

  it('by bye {signOut: true} is revoked for its other connections too, and by bye alone is not', async () => {
    for (const signOut of [true, false, undefined]) {
      const world = newWorld();
      await welcomed(world, operator1, { name: 'A' });
      const other = await welcomed(world, operator1, { name: 'B' });
      const message = { action: 'bye', requestId, ...(signOut !== undefined && { signOut }) };
      expect(await api(world)(messageEvent('bye', message))).toEqual({ statusCode: 200 });
      expect(world.gateway.closed).toEqual(signOut ? ['B', 'A'] : ['A']);
      expect(world.connection(other) === undefined).toBe(signOut === true);
    }
  });

  it('by a bye whose record cannot be written is not ended: the answer is unavailable, and all is there', async () => {
    const world = newWorld();
    await welcomed(world, operator1, { name: 'A' });
    const before = structuredClone(world.state);
    const message = messageEvent('bye', { action: 'bye', requestId, signOut: true });
    world.tap.fail('revocations.revokeSignIn');
    expect(said(await api(world)(message))).toMatchObject(unavailable);
    expect(world.state).toEqual(before);
    expect(await api(world)(message)).toEqual({ statusCode: 200 });
    expect(world.gateway.closed).toEqual(['A']);
  });
});
