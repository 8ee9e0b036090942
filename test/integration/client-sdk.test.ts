import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createOperatorEndpoint,
  createRobotEndpoint,
  fixedToken,
  type Session,
  webSocketTransport,
} from '../../client/src/node.ts';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from './support/emulator.ts';
import { cuttable, sdkClient, untilStatus } from './support/sdk.ts';
import { startTestStack } from './support/target.ts';

describe.skipIf(localOnly)('[local-only] the client package on the local stack', () => {
  let stack: LocalStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack.close());

  it('I8: sockets of both sides are cut, and of all numbered signals none is lost, none comes twice, all are in order', async () => {
    const to = stack.addresses;
    const lines = { robot: cuttable(), operator: cuttable() };
    const robot = sdkClient(to, 'rover-1', { transport: lines.robot.transport });
    const robotHeard: unknown[] = [];
    createRobotEndpoint(robot, {
      onSession(session) {
        session.on('signal', ({ data }) => {
          robotHeard.push(data);
          session.send('custom', { echo: data });
        });
        return 'accept';
      },
    });
    robot.start();
    await untilStatus(robot, 'ready');

    const operator = sdkClient(to, 'operator-1', { transport: lines.operator.transport });
    const endpoint = createOperatorEndpoint(operator);
    operator.start();
    await untilStatus(operator, 'ready');
    const { clientId } = welcomeOf(operator);
    expect(await endpoint.list()).toMatchObject(
      expect.arrayContaining([
        {
          robotId: 'rover-1',
          state: 'online',
          fleets: ['demo'],
          sinceAt: expect.any(Number),
          controlled: false,
        },
      ]),
    );
    const session: Session = await endpoint.open('rover-1', 'control');
    const operatorHeard: unknown[] = [];
    const lost: unknown[] = [];
    session.on('signal', ({ data }) => operatorHeard.push(data));
    session.on('lost', (gone) => lost.push(gone));
    expect(session.mode()).toBe('control');

    const count = 150;
    for (let number = 1; number <= count; number += 1) {
      session.send('custom', number);
      if (number % 50 === 20) lines.operator.cut();
      if (number % 50 === 40) lines.robot.cut();
      await sleep(20);
    }
    const all = Array.from({ length: count }, (_, i) => i + 1);
    await expect.poll(() => operatorHeard.length, { timeout: 20_000 }).toBe(count);
    expect(robotHeard).toEqual(all);
    expect(operatorHeard).toEqual(all.map((echo) => ({ echo })));
    expect(lost).toEqual([]);
    expect(session.isOpen()).toBe(true);
    // The same client all the time, on four connections.
    expect(welcomeOf(operator).clientId).toBe(clientId);
    expect([lines.operator.opened(), lines.robot.opened()]).toEqual([4, 4]);

    operator.close();
    await expect.poll(() => robot.state().status).toBe('ready');
    robot.close();
  });

  it('opens, watches, hands control over and closes', async () => {
    const to = stack.addresses;
    const statuses: string[] = [];
    const first = sdkClient(to, 'operator-1');
    const second = sdkClient(to, 'operator-2');
    const one = createOperatorEndpoint(first);
    const two = createOperatorEndpoint(second);
    for (const client of [first, second]) client.start();
    await Promise.all([untilStatus(first, 'ready'), untilStatus(second, 'ready')]);
    await one.watch(({ robotId, state, controlledBy }) => {
      if (robotId === 'rover-2') statuses.push(`${state}, ${controlledBy?.userName ?? 'free'}`);
    });

    const robot = sdkClient(to, 'rover-2');
    const ends: unknown[] = [];
    const served = createRobotEndpoint(robot, {
      onSession(session) {
        session.on('closed', (why) => ends.push(why));
        return 'accept';
      },
    });
    robot.start();
    await expect.poll(() => statuses).toEqual(['online, free']);

    const driver = await one.open('rover-2', 'control');
    const viewer = await two.open('rover-2', 'control');
    expect([driver.mode(), viewer.mode()]).toEqual(['control', 'view']);
    const asked: string[] = [];
    driver.on('controlRequested', ({ sessionId }) => asked.push(sessionId));
    await expect(viewer.requestControl()).rejects.toMatchObject({ code: 'control_held' });
    await expect.poll(() => asked).toEqual([viewer.sessionId]);
    await driver.grantControl(viewer.sessionId);
    await expect.poll(() => [driver.mode(), viewer.mode()]).toEqual(['view', 'control']);
    await expect.poll(() => served.control().sessionId).toBe(viewer.sessionId);
    viewer.close();
    await expect.poll(() => ends).toEqual(['closed']);
    robot.close();
    await expect.poll(() => driver.isOpen()).toBe(false);
    await expect
      .poll(() => statuses)
      .toEqual(['online, free', 'online, operator-1', 'online, operator-2', 'online, free', 'offline, free']);
    for (const client of [first, second]) client.close();
  });

  it('the standard WebSocket carries the token as a subprotocol', async () => {
    const client = sdkClient(stack.addresses, 'operator-1', { transport: webSocketTransport() });
    client.start();
    await untilStatus(client, 'ready');
    client.close();
  });

  it('a bad token ends with what the handshake says', async () => {
    const client = sdkClient(stack.addresses, 'operator-1', { tokens: fixedToken('no.such.token') });
    client.start();
    await expect.poll(() => client.state()).toMatchObject({ status: 'closed', reason: 'sign_in_required' });
  });

  it('a robot elsewhere with the same identity: the first is told, and waits', async () => {
    const [first, second] = [sdkClient(stack.addresses, 'rover-3'), sdkClient(stack.addresses, 'rover-3')];
    first.start();
    await untilStatus(first, 'ready');
    second.start();
    await untilStatus(first, 'recovering');
    expect(second.state().status).toBe('ready');
    for (const client of [first, second]) client.close();
  });
});

describe.skipIf(localOnly)('[local-only] short lives', () => {
  it('F2: the token is refreshed, and the connection rolled over, while a session goes on', async () => {
    const stack = await startTestStack({ tokenTtlMs: 6_000, connectionMaxAgeMs: 8_000, cleanupEveryMs: 200 });
    try {
      const robot = sdkClient(stack.addresses, 'rover-1');
      const robotHeard: unknown[] = [];
      createRobotEndpoint(robot, {
        onSession(session) {
          session.on('signal', ({ data }) => robotHeard.push(data));
          return 'accept';
        },
      });
      robot.start();
      await untilStatus(robot, 'ready');
      const operator = sdkClient(stack.addresses, 'operator-1');
      const endpoint = createOperatorEndpoint(operator);
      operator.start();
      await untilStatus(operator, 'ready');
      const session = await endpoint.open('rover-1', 'control');
      const states: string[] = [];
      let refreshed = 0;
      for (const client of [robot, operator]) {
        client.on('state', ({ status }) => states.push(status));
        client.on('tokenRefreshed', () => {
          refreshed += 1;
        });
      }
      const count = 90;
      for (let number = 1; number <= count; number += 1) {
        session.send('custom', number);
        await sleep(200);
      }
      await expect.poll(() => robotHeard.length).toBe(count);
      expect(robotHeard).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      expect(refreshed).toBeGreaterThanOrEqual(4);
      // Each roll-over is a welcome; never was there no connection.
      expect(states.length).toBeGreaterThanOrEqual(4);
      expect(new Set(states)).toEqual(new Set(['ready']));
      for (const client of [robot, operator]) client.close();
    } finally {
      await stack.close();
    }
  });
});

function welcomeOf(client: { state(): { readonly status: string } }) {
  const state = client.state();
  if (state.status !== 'ready' || !('welcome' in state)) throw new Error(`The client is ${state.status}.`);
  return state.welcome as import('../../client/src/index.ts').Welcome;
}
