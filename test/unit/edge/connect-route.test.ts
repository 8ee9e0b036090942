import { describe, expect, it } from 'vitest';
import { disconnect } from '../../../functions/core/use-cases/disconnect.ts';
import { socketNamed } from '../core/support/cast.ts';
import { operator1, rover1, user } from '../core/support/people.ts';
import { newWorld } from '../core/support/world.ts';
import { api, connectEvent } from './support/gateway-calls.ts';

const subprotocolHeader = 'Sec-WebSocket-Protocol';

describe('$connect', () => {
  it('admits a robot by its header and echoes no subprotocol', async () => {
    const world = newWorld();
    const headers = { Authorization: `Bearer ${world.tokens.issue(rover1)}` };
    expect(await api(world)(connectEvent({ headers }))).toEqual({ statusCode: 200 });
    expect(world.noted('connected')).toMatchObject([{ connectionId: 'A', kind: 'robot', carrier: 'header' }]);
  });

  it('admits a browser by its subprotocol and echoes ours alone, never the token', async () => {
    const world = newWorld();
    const token = world.tokens.issue(operator1);
    const headers = { [subprotocolHeader]: `heliograph.v1, bearer.${token}` };
    expect(await api(world)(connectEvent({ headers }))).toEqual({
      statusCode: 200,
      headers: { [subprotocolHeader]: 'heliograph.v1' },
    });
    expect(world.noted('connected')).toMatchObject([{ carrier: 'subprotocol' }]);
  });

  it('admits by the query where that is on, and not where it is off', async () => {
    const world = newWorld();
    const event = connectEvent({ query: { token: [world.tokens.issue(rover1)] } });
    expect(await api(world, { queryToken: false })(event)).toMatchObject({ statusCode: 401 });
    expect(await api(world, { queryToken: true })(event)).toEqual({ statusCode: 200 });
    expect(world.events.map(({ type }) => type)).toEqual(['connect_refused', 'connected']);
  });

  it.each([
    ['no token', 401, {}],
    ['a malformed header', 400, { headers: { Authorization: 'Basic dTpw' } }],
    ['two tokens in the query', 400, { query: { token: ['a', 'b'] } }],
    ['a token that is not valid', 401, { headers: { Authorization: 'Bearer forged' } }],
  ])(
    'refuses %s with %i, says why without the token, and counts it once',
    async (_what, statusCode, handshake) => {
      const world = newWorld();
      const result = await api(world)(connectEvent(handshake));
      expect(result).toMatchObject({ statusCode });
      expect(JSON.parse(result.body ?? '')).toEqual({ message: expect.stringMatching(/\.$/) });
      expect(result.body).not.toContain('forged');
      expect(world.events).toEqual([
        { type: 'connect_refused', status: statusCode, reason: expect.any(String) },
      ]);
    },
  );

  it.each([user('nobody'), user('both', 'robots', 'admins')])('refuses $userName with 403', async (who) => {
    const world = newWorld();
    const headers = { Authorization: `Bearer ${world.tokens.issue(who)}` };
    expect(await api(world)(connectEvent({ headers }))).toMatchObject({ statusCode: 403 });
    expect(world.noted('connect_refused')).toHaveLength(1);
  });

  it.each([
    ['verifier.verify', undefined],
    ['revocations.of', undefined],
    ['revocations.of', new TypeError('secret of a fault')],
    ['connections.create', undefined],
    ['connections.create', new TypeError('secret of a fault')],
  ])('I10: answers 503 and nothing more when %s throws', async (call, error) => {
    const world = newWorld();
    world.tap.fail(call, error === undefined ? {} : { error });
    const headers = { Authorization: `Bearer ${world.tokens.issue(rover1)}` };
    expect(await api(world)(connectEvent({ headers }))).toEqual({ statusCode: 503 });
    expect(world.events).toHaveLength(1);
    expect(JSON.stringify(world.events)).not.toContain('secret');
  });

  it('reads subprotocols that came in two header lines', async () => {
    const world = newWorld();
    const token = world.tokens.issue(operator1);
    const lines = ['heliograph.v1', `bearer.${token}`];
    const event = {
      ...connectEvent({ headers: { [subprotocolHeader]: lines.at(-1) ?? '' } }),
      multiValueHeaders: { [subprotocolHeader]: lines },
    };
    expect(await api(world)(event)).toMatchObject({ statusCode: 200 });
  });
});

describe('$disconnect', () => {
  it('ends the connection and says nothing', async () => {
    const world = newWorld();
    const headers = { Authorization: `Bearer ${world.tokens.issue(rover1)}` };
    await api(world)(connectEvent({ headers }));
    const event = connectEvent();
    const late = { ...event, requestContext: { ...event.requestContext, routeKey: '$disconnect' } };
    expect(await api(world)(late)).toEqual({ statusCode: 200 });
    expect(await api(world)(late)).toEqual({ statusCode: 200 });
    await disconnect(world.deps, socketNamed('A'));
    expect(world.state.connections.size).toBe(0);
    expect(world.noted('disconnected')).toHaveLength(1);
  });

  it('counts the outage when it fails, and nothing as disconnected', async () => {
    const world = newWorld();
    world.tap.fail('connections.markClosing');
    const event = connectEvent();
    await api(world)({ ...event, requestContext: { ...event.requestContext, routeKey: '$disconnect' } });
    expect(world.noted('dependency_unavailable')).toMatchObject([{ where: '$disconnect' }]);
    expect(world.noted('disconnected')).toEqual([]);
  });
});
