import { describe, expect, it } from 'vitest';
import { codeOf, inSession, send, signalOf } from './support/cast.ts';
import { operator1, rover1 } from './support/people.ts';
import { broken } from './support/tap.ts';
import { newWorld } from './support/world.ts';

async function talking() {
  const world = newWorld();
  return { world, ...(await inSession(world, rover1, operator1)) };
}

describe('a signal that the gateway will not take', () => {
  it('for its size is refused as too large, with what it was, and not to be sent again', async () => {
    const { world, clientSocket, sessionId } = await talking();
    world.deps.peers = { ...world.deps.peers, post: async () => 'too_large' };
    const outcome = await send(world, clientSocket, signalOf(sessionId, { seq: 7 }));
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'payload_too_large', sessionId, seq: 7 } });
  });

  it.each([
    { call: 'signalPath.read', where: 'the store' },
    { call: 'post signal to of-rover-1', where: 'the gateway' },
  ])('for an outage of $where is refused, and the outage is noted by its code', async ({ call }) => {
    const { world, clientSocket, sessionId } = await talking();
    world.tap.fail(call);
    expect(codeOf(await send(world, clientSocket, signalOf(sessionId)))).toBe('unavailable');
    expect(world.noted('dependency_unavailable')).toEqual([
      { type: 'dependency_unavailable', where: 'signal', code: broken(call).code },
    ]);
  });
});

it('a signal that meets no outage notes nothing: a line for each would cost more than the relay', async () => {
  const { world, clientSocket, sessionId } = await talking();
  const before = world.events.length;
  await send(world, clientSocket, signalOf(sessionId));
  expect(world.events.slice(before)).toEqual([]);
});

it('what fails and is no outage is thrown as it is: the edge calls it a fault', async () => {
  const { world, clientSocket, sessionId } = await talking();
  world.tap.fail('signalPath.read', { error: new TypeError('a mistake') });
  await expect(send(world, clientSocket, signalOf(sessionId))).rejects.toThrow(TypeError);
});
