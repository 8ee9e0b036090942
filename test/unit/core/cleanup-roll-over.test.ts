import { describe, expect, it } from 'vitest';
import {
  cleanUp,
  cleanUpUntil,
  granted,
  inSession,
  nothingDone,
  refresh,
  send,
  sent,
  signalOf,
  socketNamed,
  welcomed,
} from './support/cast.ts';
import { operator1, rover1, user } from './support/people.ts';
import { newWorld, t0 } from './support/world.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const rollOver = { type: 'goAway', code: 'connection_max_age', reconnect: true };

describe('roll-over', () => {
  it('is announced to robot and client once each, within the window, however often they refresh', async () => {
    const world = newWorld();
    const { robotSocket, clientSocket } = await inSession(world, rover1, operator1);
    const { from, to } = world.policy.rollOverMs;
    const said: { age: number; connectionId: string }[] = [];
    while (world.clock.at < t0 + 2 * hourMs) {
      const known = world.noted('rolling_over').length;
      await cleanUpUntil(world, world.clock.at + minuteMs);
      for (const { connectionId } of world.noted('rolling_over').slice(known)) {
        said.push({ age: world.clock.at - t0, connectionId });
      }
      if ((world.clock.at - t0) % (5 * minuteMs) === 0) {
        granted(await refresh(world, robotSocket, world.tokens.issue(rover1)));
        granted(await refresh(world, clientSocket, world.tokens.issue(operator1)));
      }
    }
    const each = [robotSocket, clientSocket];
    expect(said.map(({ connectionId }) => connectionId).sort()).toEqual(
      each.map(({ connectionId }) => connectionId).sort(),
    );
    for (const { age } of said) {
      expect(age).toBeGreaterThanOrEqual(from);
      expect(age).toBeLessThanOrEqual(to);
    }
    for (const socket of each) expect(sent(world, socket, 'goAway')).toEqual([rollOver]);
    expect(
      world
        .noted('rolling_over')
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['client', 'robot']);
  });

  it('I6: closes nothing: sessions, control and signals go on', async () => {
    const world = newWorld();
    const { robotSocket, clientSocket, sessionId } = await inSession(world, rover1, operator1);
    const robotBefore = world.robot();
    await cleanUpUntil(world, t0 + 2 * hourMs);
    expect(world.noted('rolling_over')).toHaveLength(2);
    expect(world.gateway.closed).toEqual([]);
    expect(world.robot()).toEqual(robotBefore);
    expect(world.session(sessionId)).toMatchObject({ mode: 'control' });
    for (const [from, to] of [
      [robotSocket, clientSocket],
      [clientSocket, robotSocket],
    ] as const) {
      granted(await send(world, from, signalOf(sessionId)));
      expect(world.gateway.to(to).at(-1)).toMatchObject({ type: 'signal', sessionId });
    }
  });

  it('is announced when a late run comes to it, and with what else is due by then', async () => {
    const world = newWorld();
    const socket = await welcomed(world, operator1, { lifeMs: 2 * hourMs });
    world.clock.at = t0 + 2 * hourMs - 30_000;
    expect(await cleanUp(world)).toMatchObject({ announced: 1, checked: 0 });
    expect(world.gateway.to(socket).slice(1)).toEqual([
      { type: 'tokenExpiring', tokenExpiresAt: t0 + 2 * hourMs, remainingMs: 30_000 },
      rollOver,
    ]);
    expect(await cleanUp(world)).toEqual(nothingDone);
  });

  it('of a fleet that connected at one moment does not come at one', async () => {
    const world = newWorld();
    const { from, to } = world.policy.rollOverMs;
    const count = 100;
    for (let i = 0; i < count; i++) await welcomed(world, user(`rover-${i}`, 'robots'), { name: `R${i}` });
    const perMinute: number[] = [];
    world.clock.at = t0 + from - minuteMs;
    while (world.clock.at < t0 + to) {
      const known = world.noted('rolling_over').length;
      await cleanUpUntil(world, world.clock.at + minuteMs);
      perMinute.push(world.noted('rolling_over').length - known);
    }
    expect(world.noted('rolling_over')).toHaveLength(count);
    expect(Math.max(...perMinute)).toBeLessThan(count / 4);
  });

  it('of one connection says nothing to its successor', async () => {
    const world = newWorld();
    await welcomed(world, rover1, { name: 'A' });
    await cleanUpUntil(world, t0 + 110 * minuteMs);
    await welcomed(world, rover1, { name: 'B' });
    await cleanUpUntil(world, t0 + 2 * hourMs);
    expect(sent(world, socketNamed('B'), 'goAway')).toEqual([]);
  });
});
