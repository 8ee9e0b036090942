import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededPassword } from '../../local/stack/users.ts';
import { localOnly } from './support/emulator.ts';
import { bearer, connectWith, enterAs, handshakeStatus, openPair } from './support/raw-client.ts';
import { signInFully } from './support/sign-in.ts';
import { type Started, startJson } from './support/started.ts';
import type { Target } from './support/target.ts';

describe.skipIf(localOnly)('[local-only] I9: nothing secret in any output', () => {
  let started: Started;
  let target: Target;
  beforeAll(async () => {
    ({ started, target } = await startJson('--cleanup-every', '200ms'));
  });
  afterAll(() => started.stop());

  it('a whole session, with refusals and faults, leaves no token, SDP, candidate or password in the output', async () => {
    const secrets: string[] = [seededPassword];
    const secret = (name: string) => {
      const text = `${name}-${randomUUID()}`;
      secrets.push(text);
      return text;
    };
    const people = await signInFully(target, 'operator-1');
    const robots = await signInFully(target, 'rover-2');
    for (const tokens of [people, robots]) {
      for (const token of Object.values(tokens)) secrets.push(token, token.split('.').at(-1) ?? token);
    }

    // The demo's own robot of that name is there first, is replaced, and keeps away for a minute.
    await started.printed(/online as rover-2/);
    const { robot, client, key } = await openPair(target, { robot: 'rover-2', client: 'operator-1' });
    await client.ask('signal', 'signalAck', {
      ...key,
      seq: 1,
      kind: 'offer',
      data: { type: 'offer', sdp: secret('v=0 sdp') },
    });
    robot.send({
      action: 'signal',
      ...key,
      seq: 1,
      kind: 'answer',
      data: { type: 'answer', sdp: secret('v=0 sdp') },
    });
    robot.send({
      action: 'signal',
      ...key,
      seq: 2,
      kind: 'candidate',
      data: { candidate: secret('candidate') },
    });
    await client.nextOf('signal', ({ seq }) => seq === 2);
    const renewed = await signInFully(target, 'operator-1');
    secrets.push(renewed.accessToken);
    await client.ask('refreshToken', 'tokenRefreshed', { token: renewed.accessToken });

    // What is refused must not be quoted either, wherever a secret may have strayed to.
    const stray = secret('stray');
    client.send(`not json ${stray}`);
    client.send({ action: stray, token: stray });
    await client.request('refreshToken', { token: stray });
    await client.request('refreshToken', { token: robots.accessToken });
    await client.request('openSession', { robotId: stray, mode: 'view' });
    await client.request('openSession', { robotId: 'rover-2', mode: stray });
    await client.request('signal', { ...key, seq: stray, kind: 'offer', data: { sdp: stray } });
    await client.request('signal', { ...key, seq: 2, kind: 'offer', data: { sdp: stray.repeat(740) } });
    await handshakeStatus(target, bearer(stray));
    await handshakeStatus(target, { query: `?token=${stray}` });
    await handshakeStatus(target, { subprotocols: ['heliograph.v1', `bearer.${stray}`] });
    const byQuery = await connectWith(target, { query: `?token=${people.accessToken}` });
    await byQuery.hello();
    await byQuery.close();

    for (const message of [...client.received, ...robot.received]) {
      if (message.type === 'error') expect(message.message).not.toContain(stray);
    }
    await client.close();
    robot.send({ action: 'bye' });
    await robot.closed;
    await started.printed(/"how":"bye"|bye/);
    const { client: last } = await enterAs(target, 'operator-2');
    await last.close();
    expect(await started.stop()).toBe(0);

    const output = started.output();
    const lines = output.trim().split('\n');
    expect(lines.length).toBeGreaterThan(10); // it has logged something at all
    for (const line of lines) expect(() => JSON.parse(line), line).not.toThrow();
    for (const text of secrets) expect(output.includes(text), `found: ${text.slice(0, 12)}…`).toBe(false);
  });
});
