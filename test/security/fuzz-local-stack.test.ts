import { ScanCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { seededUsers } from '../../local/stack/users.ts';
import { localClient, localTableNames } from '../../local/store/local-store.ts';
import { localOnly } from '../integration/support/emulator.ts';
import { enterAs, openPair, type RawClient } from '../integration/support/raw-client.ts';
import { signIn } from '../integration/support/sign-in.ts';
import { type LifeEvent, startTestStack } from '../integration/support/target.ts';
import { seed } from '../support/property-seed.ts';
import { filled } from './support/fuzz/broken.ts';
import { input } from './support/fuzz/inputs.ts';
import { inputsAsked } from './support/fuzz/run.ts';

const inputs = Math.ceil(inputsAsked / 20);
const atOnce = 25;

/** Of a fleet of their own, so that nothing that they do can concern anybody of the other. */
const attackers = ['rover-8', 'operator-9', 'viewer-9'] as const;
const password = 'Heliograph-1!';
const users = [
  ...seededUsers,
  { userName: 'rover-8', password, groups: ['robots', 'fleet:other'] },
  { userName: 'viewer-9', password, groups: ['viewers', 'fleet:other'] },
];

/** The same inputs through sockets, gateway, functions and tables; several at once, as the gateway has it. */
describe.skipIf(localOnly)('[local-only] whatever is sent to the local stack', () => {
  const events: LifeEvent[] = [];
  let stack: LocalStack;
  let requests = 0;
  beforeAll(async () => {
    stack = await startTestStack(
      { users },
      {
        lifeLog: { note: (event) => void events.push(event) },
        onStoreRequest: () => {
          requests += 1;
        },
      },
    );
  });
  afterAll(() => stack.close());

  async function settled(): Promise<void> {
    for (let before = -1; before !== requests; ) {
      before = requests;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  }

  /** Every row, of whichever table, in which one of these names occurs. */
  async function rowsNaming(names: readonly string[]): Promise<readonly string[]> {
    const client = localClient(stack.addresses.dynamodb);
    const rows: string[] = [];
    for (const TableName of Object.values(localTableNames)) {
      const { Items = [] } = await client.send(new ScanCommand({ TableName }));
      rows.push(...Items.map((item) => `${TableName} ${JSON.stringify(item)}`));
    }
    client.destroy();
    return rows.filter((row) => names.some((name) => row.includes(name))).sort();
  }

  it('leaves two who have nothing to do with it as they were, to the byte, and nothing breaks', {
    timeout: 120_000 + inputs * 100,
  }, async () => {
    const { robot, client, key, welcomes } = await openPair(stack.addresses, {
      robot: 'rover-1',
      client: 'operator-1',
    });
    await client.ask('watchRobots', 'watching');
    const bystanders = [welcomes.robot, welcomes.client].flatMap(({ connectionId, principalId }) => [
      connectionId,
      principalId,
    ]);
    const names = ['rover-1', key.sessionId, welcomes.client.clientId ?? 'none', ...bystanders];
    const stolen = await signIn(stack.addresses, 'operator-1');
    const own = await Promise.all(attackers.map((name) => signIn(stack.addresses, name)));

    const sockets = new Map<string, RawClient>();
    const said: RawClient['received'] = [];
    const socketOf = async (name: string) => {
      const open = sockets.get(name);
      if (open !== undefined && open.socket.readyState === open.socket.OPEN) return open;
      const entered = await enterAs(stack.addresses, name);
      if (open !== undefined) said.push(...open.received);
      sockets.set(name, entered.client);
      return entered.client;
    };
    const value = (what: string, at: number, from: RawClient): string => {
      const received = [...sockets.values()].flatMap((socket) => socket.received);
      const sessions = received.flatMap((message) => (message.type === 'sessionOpened' ? [message] : []));
      const pick = (list: readonly (string | undefined)[]) => list[at % list.length] ?? 'none';
      switch (what) {
        case 'session':
        case 'own':
          return pick([key.sessionId, ...sessions.map(({ sessionId }) => sessionId)]);
        case 'sessionRobot':
        case 'ownRobot':
          return pick([key.robotId, ...sessions.map(({ robotId }) => robotId)]);
        case 'key':
          return pick([welcomes.client.resumeKey]);
        case 'ownKey':
          return pick(
            from.received.flatMap((message) => (message.type === 'welcome' ? [message.resumeKey] : [])),
          );
        case 'token':
          return pick([stolen, ...own]);
        case 'ownToken':
          return pick(own);
        case 'robot':
        case 'robotOf':
          return pick(['rover-1', 'rover-8', 'rover-8', 'rover-0']);
        default:
          return pick(names);
      }
    };

    for (const name of attackers) await socketOf(name);
    // A session of their own to fuzz, and what they may do is done, whatever is drawn.
    const operator = await socketOf('operator-9');
    await operator.ask('listRobots', 'robots');
    await operator.ask('openSession', 'sessionOpened', { robotId: 'rover-8', mode: 'control' });
    await settled();
    const before = await rowsNaming(names);
    expect(before.length).toBeGreaterThan(5);
    const heard = robot.received.length + client.received.length;
    const drawn = fc.sample(input, { numRuns: inputs, seed });
    for (let from = 0; from < drawn.length; from += atOnce) {
      for (const [at, { text }] of drawn.slice(from, from + atOnce).entries()) {
        const socket = await socketOf(attackers[at % attackers.length] ?? attackers[0]);
        socket.send(filled(text, (what, index) => value(what, index, socket)));
      }
      await settled();
      expect(await rowsNaming(names)).toEqual(before);
    }
    expect(robot.received.length + client.received.length).toBe(heard);

    said.push(...[...sockets.values()].flatMap((socket) => socket.received));
    const codes = said.flatMap((message) => (message.type === 'error' ? [message.code] : []));
    const types = new Set<string>(said.map(({ type }) => type));
    process.stdout.write(
      `${drawn.length} inputs through the local stack, HELIOGRAPH_PROPERTY_SEED=${seed}: ${said.length} messages, ${codes.length} refusals\n`,
    );
    expect(codes).not.toContain('internal');
    expect([...types]).toEqual(expect.arrayContaining(['error', 'welcome', 'sessionOpened', 'robots']));
    expect(events.filter(({ type }) => type === 'fault')).toEqual([]);
    expect(JSON.stringify(events)).not.toMatch(/eyJ[A-Za-z0-9_-]{30}|secret-sdp/);
    await client.ask('signal', 'signalAck', { ...key, seq: 1, kind: 'custom', data: 'still here' });
    expect(await robot.nextOf('signal')).toMatchObject({ data: 'still here' });
  });
});
