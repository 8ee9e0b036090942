import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { localOnly } from '../integration/support/emulator.ts';
import { connectAs, enterAs, openPair, type RawClient } from '../integration/support/raw-client.ts';
import { startTestStack } from '../integration/support/target.ts';

type Fields = Record<string, unknown>;
type Asked = { readonly answer: object; readonly bytes: number; readonly calls: readonly string[] };

/**
 * Whoever guesses ids learns nothing from a refusal: neither from its text, nor from its length, nor from
 * how long it takes, which is what is asked of AWS for it. Counted here, and not timed.
 */
describe.skipIf(localOnly)('[local-only] what is foreign cannot be told from what does not exist', () => {
  let stack: LocalStack;
  let calls: string[] = [];
  let pair: Awaited<ReturnType<typeof openPair>>;
  let key: { robotId: string; sessionId: string };
  let resumeKey: string;

  beforeAll(async () => {
    stack = await startTestStack(
      {},
      { onStoreRequest: (command) => void calls.push(command), onPost: () => void calls.push('Post') },
    );
    pair = await openPair(stack.addresses, { robot: 'rover-1', client: 'operator-1' });
    key = { robotId: pair.key.robotId, sessionId: pair.key.sessionId };
    resumeKey = pair.welcomes.client.resumeKey ?? '';
    expect(resumeKey).not.toBe('');
  });
  afterAll(() => stack.close());

  async function ask(by: RawClient, action: string, fields: Fields): Promise<Asked> {
    // What came before has an end of its own.
    await settled();
    calls = [];
    const answer = await by.request(action, { ...fields, requestId: 'same-for-all' });
    const counted = await settled();
    const { sessionId: echoed, ...said } = { sessionId: undefined, ...answer };
    if (echoed !== undefined) expect(echoed).toBe(fields.sessionId);
    return { answer: said, bytes: JSON.stringify(said).length, calls: counted };
  }

  /** All that was asked of AWS: what is said by a post is heard before the function has come to its end. */
  async function settled(): Promise<readonly string[]> {
    for (let before = -1; before !== calls.length; ) {
      before = calls.length;
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
    return [...calls].sort();
  }

  /** An id that is none, as long as one that is. */
  const madeUp = (id: string) => `${'A'.repeat(id.length - 2)}-_`;

  const actions: readonly { action: string; more: Fields; callers: readonly string[]; code: string }[] = [
    {
      action: 'signal',
      more: { seq: 1, kind: 'offer', data: 'x' },
      callers: ['operator-2', 'operator-9', 'admin-1', 'rover-2'],
      code: 'session_unknown',
    },
    {
      action: 'closeSession',
      more: {},
      callers: ['operator-2', 'operator-9', 'admin-1', 'rover-2'],
      code: 'session_unknown',
    },
    {
      action: 'requestControl',
      more: {},
      callers: ['operator-2', 'operator-9', 'viewer-1', 'admin-1'],
      code: 'session_unknown',
    },
    {
      action: 'requestControl',
      more: { force: true },
      callers: ['operator-2', 'admin-1'],
      code: 'session_unknown',
    },
    {
      action: 'grantControl',
      more: { to: 'somebody' },
      callers: ['operator-2', 'operator-9', 'admin-1'],
      code: 'session_unknown',
    },
    {
      action: 'releaseControl',
      more: {},
      callers: ['operator-2', 'operator-9', 'admin-1'],
      code: 'session_unknown',
    },
  ];
  const byCaller = actions.flatMap(({ callers, ...of }) => callers.map((caller) => ({ ...of, caller })));

  it.each(byCaller)('a session: $action $more by $caller', async ({ action, more, caller, code }) => {
    const { client } = await enterAs(stack.addresses, caller);
    const foreign = await ask(client, action, { ...key, ...more });
    const unknown = await ask(client, action, { ...key, sessionId: madeUp(key.sessionId), ...more });
    const elsewhere = await ask(client, action, { robotId: 'rover-0', sessionId: key.sessionId, ...more });
    expect(foreign.answer).toMatchObject({ type: 'error', code });
    expect(foreign.calls.length).toBeGreaterThan(0);
    expect(unknown).toEqual(foreign);
    expect(elsewhere).toEqual(foreign);
    await client.close();
  });

  it.each(['control', 'view'])('a robot: openSession (%s) of another fleet', async (mode) => {
    const { client } = await enterAs(stack.addresses, 'operator-9');
    const foreign = await ask(client, 'openSession', { robotId: 'rover-1', mode });
    const unknown = await ask(client, 'openSession', { robotId: 'rover-0', mode });
    expect(foreign.answer).toMatchObject({ type: 'error', code: 'forbidden' });
    expect(unknown).toEqual(foreign);
    await client.close();
  });

  it('a robot: watchRobots, alone and among others', async () => {
    const { client } = await enterAs(stack.addresses, 'operator-9');
    for (const others of [[], ['rover-8'], ['rover-8', 'rover-7']]) {
      const foreign = await ask(client, 'watchRobots', { robotIds: ['rover-1', ...others] });
      const unknown = await ask(client, 'watchRobots', { robotIds: ['rover-0', ...others] });
      expect(foreign.answer).toMatchObject({ type: 'error', code: 'forbidden' });
      expect(unknown).toEqual(foreign);
    }
    await client.close();
  });

  it('a fleet: a cursor that points into one', async () => {
    const { client } = await enterAs(stack.addresses, 'operator-9');
    const foreign = await ask(client, 'listRobots', { cursor: '["demo","rover-1"]' });
    const unknown = await ask(client, 'listRobots', { cursor: '["none","rover-1"]' });
    expect(foreign.answer).toMatchObject({ type: 'error', code: 'bad_request' });
    expect(unknown).toEqual(foreign);
    await client.close();
  });

  it('a session to hand control to: of another robot, and none', async () => {
    const other = await openPair(stack.addresses, { robot: 'rover-2', client: 'operator-2' });
    const { robotId, sessionId } = other.key;
    const foreign = await ask(other.client, 'grantControl', { robotId, sessionId, to: key.sessionId });
    const unknown = await ask(other.client, 'grantControl', {
      robotId,
      sessionId,
      to: madeUp(key.sessionId),
    });
    expect(foreign.answer).toMatchObject({ type: 'error', code: 'session_unknown' });
    expect(unknown).toEqual(foreign);
    await Promise.all([other.client.close(), other.robot.close()]);
  });

  it('a resume key: of somebody else, of a client that is there with another secret, of none', async () => {
    const [clientId = '', secret = ''] = resumeKey.split('.');
    const results: Asked[] = [];
    for (const resume of [
      resumeKey,
      `${clientId}.${madeUp(secret)}`,
      `${madeUp(clientId)}.${secret}`,
      `${madeUp(clientId)}.${madeUp(secret)}`,
    ]) {
      const client = await connectAs(stack.addresses, 'operator-2');
      const { answer, ...counted } = await ask(client, 'hello', { protocol: 1, resume });
      // Drawn or read from the clock anew for each connection.
      const fresh = { connectionId: '', clientId: '', resumeKey: '', sentAt: 0, tokenExpiresAt: 0 };
      const moments = { refreshAt: 0, connectionExpiresAt: 0 };
      results.push({ answer: { ...answer, ...fresh, ...moments }, ...counted });
      await client.close();
      await settled();
    }
    expect(results[0]?.answer).toMatchObject({ type: 'welcome', resumed: false, sessions: [] });
    for (const result of results) expect(result).toEqual(results[0]);
    // And its owner has lost nothing by it.
    const { robotId, sessionId } = pair.key;
    await pair.client.ask('signal', 'signalAck', {
      robotId,
      sessionId,
      seq: 1,
      kind: 'custom',
      data: 'mine',
    });
  });
});
