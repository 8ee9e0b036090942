import { expect, it } from 'vitest';
import * as z from 'zod';
import { dynamoDbStores, onEveryAdapter, onEveryDatabase } from './support/adapters.ts';
import { clientSession, robot, session, socket, t0 } from './support/samples.ts';

const key = { robotId: robot('rover-1'), sessionId: session('s1') };
const claim = { socket: socket('a', t0), fleets: ['demo'], resume: true, now: t0 };

onEveryAdapter('SignalPath', (stores) => {
  it('reads both sides as their stores would', async () => {
    await stores().robots.claim(key.robotId, claim);
    await stores().sessions.create(clientSession('s1'));
    expect(await stores().signalPath.read(key)).toEqual({
      robot: await stores().robots.get(key.robotId),
      session: clientSession('s1'),
    });
  });

  it('does not take the next session in its place for one that is over', async () => {
    await stores().sessions.create(clientSession('s1.b'));
    expect(await stores().signalPath.read({ ...key, sessionId: session('s1.a') })).toMatchObject({
      session: undefined,
    });
    expect(await stores().signalPath.read({ ...key, sessionId: session('s1.b') })).toMatchObject({
      session: { sessionId: 's1.b' },
    });
  });

  it('tells which of the two is missing', async () => {
    expect(await stores().signalPath.read(key)).toEqual({ robot: undefined, session: undefined });
    await stores().robots.claim(key.robotId, claim);
    expect(await stores().signalPath.read(key)).toMatchObject({
      robot: { robotId: 'rover-1' },
      session: undefined,
    });
    await stores().sessions.create(clientSession('s9', { robotId: robot('rover-9') }));
    const other = { robotId: robot('rover-9'), sessionId: session('s9') };
    expect(await stores().signalPath.read(other)).toMatchObject({
      robot: undefined,
      session: { sessionId: 's9' },
    });
  });
});

onEveryDatabase('SignalPath: what a signal costs', (database) => {
  it('makes one request of two consistent read units', async () => {
    const { client } = database();
    const stores = dynamoDbStores(database());
    await stores.robots.claim(key.robotId, claim);
    await stores.robots.takeControl(key.robotId, key.sessionId);
    await stores.sessions.create(clientSession('s1'));

    const requests: string[] = [];
    let units = 0;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        requests.push(context.commandName ?? 'unknown');
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const result = await next(args);
        units += unitsOf(result.output);
        return result;
      },
      { step: 'initialize', name: 'count' },
    );
    const wire: string[] = [];
    client.middlewareStack.add(
      (next) => (args) => {
        wire.push(bodyOf(args.request));
        return next(args);
      },
      { step: 'finalizeRequest', name: 'countOnTheWire', priority: 'low' },
    );
    try {
      await stores.signalPath.read(key);
    } finally {
      client.middlewareStack.remove('count');
      client.middlewareStack.remove('countOnTheWire');
    }

    expect(requests).toEqual(['BatchGetItemCommand']);
    expect(wire).toHaveLength(1);
    expect(wire[0]?.match(/"ConsistentRead":true/g)).toHaveLength(2);
    expect(units).toBe(2);
  });
});

const consumption = z.object({ ConsumedCapacity: z.array(z.object({ CapacityUnits: z.number() })) });

function unitsOf(output: unknown): number {
  const { ConsumedCapacity } = consumption.parse(output);
  return ConsumedCapacity.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}

const sent = z.object({ body: z.union([z.string(), z.instanceof(Uint8Array)]) });

function bodyOf(request: unknown): string {
  const { body } = sent.parse(request);
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}
