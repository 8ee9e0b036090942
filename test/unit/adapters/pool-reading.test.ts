import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { groupsByMeaning, robotNamed } from '../../../functions/adapters/cognito/pool-reading.ts';
import { identify } from '../../../functions/core/model/identity.ts';
import { poolConventions } from '../../../functions/pool-conventions.ts';
import { idClaims, sign } from './support/token-issuer.ts';
import { access, current, times, type VerifierWorld, verifierWorld } from './support/verifier-world.ts';

const own = poolConventions.parse({});
const theirs = poolConventions.parse({
  robotIdGroupPrefix: 'device/',
  groups: { robots: 'devices', operators: 'Teleoperators', viewers: 'staff', admins: 'root' },
  fleetPrefix: 'site-',
});

describe('the groups of a pool, by their meaning', () => {
  it('are what they are in a pool of ours', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), (groups) => {
        expect(groupsByMeaning(groups, own)).toEqual(groups);
      }),
    );
  });

  it('are translated where they have other names', () => {
    expect(groupsByMeaning(['Teleoperators', 'site-berlin', 'eu_Google'], theirs)).toEqual([
      'operators',
      'fleet:berlin',
      'eu_Google',
    ]);
    expect(groupsByMeaning(['root'], theirs)).toEqual(['admins']);
  });

  it.each([['admins'], ['operators'], ['robots'], ['fleet:demo']])(
    '%s of another application means nothing here',
    (group) => {
      expect(groupsByMeaning([group], theirs)).toEqual([]);
    },
  );

  it('make a robot of who is in the group of one', () => {
    expect(groupsByMeaning(['device/rover-1', 'site-berlin'], theirs)).toEqual(['robots', 'fleet:berlin']);
    expect(groupsByMeaning(['devices', 'device/rover-1'], theirs)).toEqual(['robots']);
  });

  it('never give a role that the configured name does not', () => {
    const names = ['admins', 'operators', 'viewers', 'robots', 'root', 'staff', 'fleet:a', 'site-a', 'x'];
    fc.assert(
      fc.property(fc.subarray(names), (groups) => {
        const read = groupsByMeaning(groups, theirs);
        expect(read.includes('admins')).toBe(groups.includes('root'));
        expect(read.includes('viewers')).toBe(groups.includes('staff'));
        expect(read.includes('fleet:a')).toBe(groups.includes('site-a'));
      }),
    );
  });
});

describe('which robot a token speaks for', () => {
  const byClaim = poolConventions.parse({ robotIdClaim: 'custom:robotId' });

  it.each([
    ['by its group', theirs, {}, ['device/rover-1'], { robotId: 'rover-1' }],
    ['by one group twice', theirs, {}, ['device/rover-1', 'device/rover-1'], { robotId: 'rover-1' }],
    ['by two groups', theirs, {}, ['device/rover-1', 'device/rover-2'], { problem: 'several_robot_ids' }],
    ['by none', theirs, {}, ['devices'], { problem: 'no_robot_id' }],
    ['by an empty one', theirs, {}, ['device/'], { problem: 'no_robot_id' }],
    ['by its claim', byClaim, { 'custom:robotId': 'rover-1' }, [], { robotId: 'rover-1' }],
    ['by a claim that is missing', byClaim, {}, [], { problem: 'no_robot_id' }],
    ['by a claim that is no text', byClaim, { 'custom:robotId': 7 }, [], { problem: 'no_robot_id' }],
    [
      'by a claim that is too long',
      byClaim,
      { 'custom:robotId': 'x'.repeat(129) },
      [],
      { problem: 'no_robot_id' },
    ],
    ['by the user name', own, {}, [], undefined],
  ] as const)('%s', (_what, pool, claims, groups, expected) => {
    expect(robotNamed({ claims, groups }, pool)).toEqual(expected);
  });

  it('a claim is only one of the token, not of what every object has', () => {
    const pool = poolConventions.parse({ robotIdClaim: 'toString' });
    expect(robotNamed({ claims: {}, groups: [] }, pool)).toEqual({ problem: 'no_robot_id' });
  });
});

describe('a token of such a pool', () => {
  let world: VerifierWorld;
  beforeEach(async () => {
    world = await verifierWorld();
  });
  afterEach(() => world.jwks.close());

  it('of a robot with a UUID for a name makes the robot of its group', async () => {
    const claims = access({
      username: '7b1c0d2e-3f4a-4b5c-8d6e-7f8091a2b3c4',
      'cognito:groups': ['device/rover-1', 'site-berlin'],
    });
    const verification = await world
      .verifierWith({ conventions: theirs })
      .verify(await sign(claims, current));
    if (!verification.ok) throw new Error(verification.reason);
    expect(identify(verification.token)).toMatchObject({
      kind: 'robot',
      robotId: 'rover-1',
      groups: ['robots', 'fleet:berlin'],
    });
  });

  it('of a robot without an id makes nobody, and is told why', async () => {
    const claims = access({ 'cognito:groups': ['devices'] });
    const verification = await world
      .verifierWith({ conventions: theirs })
      .verify(await sign(claims, current));
    if (!verification.ok) throw new Error(verification.reason);
    expect(identify(verification.token)).toBe('no_robot_id');
  });

  it.each([
    ['an ID token where access tokens are taken', 'access', idClaims(times)],
    ['an access token where ID tokens are taken', 'id', access()],
  ] as const)('%s: of another use, not invalid', async (_what, tokenUse, claims) => {
    const token = await sign(claims, current);
    expect(await world.verifierWith({ tokenUse }).verify(token)).toEqual({ ok: false, reason: 'other_use' });
  });

  it('of a client that is not configured: of another client, once its signature is good', async () => {
    const token = await sign(access({ client_id: 'somebody-else' }), current);
    expect(await world.verifierWith().verify(token)).toEqual({ ok: false, reason: 'other_client' });
  });
});
