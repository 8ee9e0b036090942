import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../local/stack/local-stack.ts';
import { seededPassword as password } from '../../local/stack/users.ts';
import { localOnly } from './support/emulator.ts';
import { bearer, connectWith, enterAs, handshakeStatus } from './support/raw-client.ts';
import { signIn } from './support/sign-in.ts';
import { startTestStack } from './support/target.ts';

const emails = {
  robot: 'rover-1@robots.example.org',
  nameless: 'rover-9@robots.example.org',
  operator: 'operator-1@example.org',
  stranger: 'admin-of-the-shop@example.org',
};

/** A pool as an app has it: sign-in by e-mail, UUIDs for user names, groups of its own. */
const users = [
  { email: emails.robot, groups: ['device/rover-1', 'site-berlin'] },
  { email: emails.nameless, groups: ['devices', 'site-berlin'] },
  { email: emails.operator, groups: ['Teleoperators', 'site-berlin', 'eu-central-1_Google'] },
  // Admin of something else: the name means nothing here.
  { email: emails.stranger, groups: ['admins'] },
].map((user) => ({ ...user, userName: randomUUID(), password }));

describe.skipIf(localOnly)(
  '[local-only] an existing pool with e-mail sign-in and UUIDs for user names',
  () => {
    let stack: LocalStack;
    beforeAll(async () => {
      stack = await startTestStack({
        users,
        conventions: {
          robotIdGroupPrefix: 'device/',
          groups: { robots: 'devices', operators: 'Teleoperators', viewers: 'staff', admins: 'root' },
          fleetPrefix: 'site-',
        },
      });
    });
    afterAll(() => stack.close());

    it('robots and people meet, by the names and groups of the pool', async () => {
      const { client: robot, welcome } = await enterAs(stack.addresses, emails.robot);
      expect(welcome).toMatchObject({
        kind: 'robot',
        robotId: 'rover-1',
        groups: ['robots', 'fleet:berlin'],
      });
      const { client: operator } = await enterAs(stack.addresses, emails.operator);
      expect(await operator.ask('listRobots', 'robots')).toMatchObject({
        robots: [{ robotId: 'rover-1', state: 'online', fleets: ['berlin'] }],
      });
      const { sessionId } = await operator.ask('openSession', 'sessionOpened', {
        robotId: 'rover-1',
        mode: 'control',
      });
      await robot.nextOf('sessionRequested');
      const offer = { sessionId, robotId: 'rover-1', seq: 1, kind: 'offer', data: { sdp: 'v=0' } };
      await operator.ask('signal', 'signalAck', offer);
      expect(await robot.nextOf('signal')).toMatchObject({ kind: 'offer', data: offer.data });
      const token = await signIn(stack.addresses, emails.robot);
      await robot.ask('refreshToken', 'tokenRefreshed', { token });
      await Promise.all([robot.close(), operator.close()]);
    });

    it('a robot without an id, and a group that only sounds like ours, are turned away', async () => {
      for (const email of [emails.nameless, emails.stranger]) {
        const token = await signIn(stack.addresses, email);
        expect(await handshakeStatus(stack.addresses, bearer(token))).toBe(403);
      }
    });

    it('a user is revoked by what they are called in the pool', async () => {
      const [, , operator] = users;
      if (operator === undefined) throw new Error('There is no operator.');
      const token = await signIn(stack.addresses, emails.operator);
      const client = await connectWith(stack.addresses, bearer(token));
      await client.hello();
      await stack.revoke({ userName: operator.userName });
      expect(await client.nextOf('goAway')).toMatchObject({ code: 'revoked' });
      await client.closed;
      expect(await handshakeStatus(stack.addresses, bearer(token))).toBe(401);
    });
  },
);
