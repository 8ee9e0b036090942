import { describe, expect, it } from 'vitest';
import { fleetsOf, identify, roleOf } from '../../../functions/core/model/identity.ts';
import { robotId } from '../../../protocol/ids.ts';
import { user } from '../core/support/people.ts';

const life = { issuedAt: 0, signedInAt: 0, expiresAt: 1 };
const identityOf = (...groups: string[]) => identify({ ...user('someone', ...groups), life });

describe('identify', () => {
  it.each([
    ['no group at all', [], 'no_group'],
    ['fleets alone', ['fleet:demo'], 'no_group'],
    ['a group of another application', ['eu-west-1_Google'], 'no_group'],
    ['a group that only begins like one', ['robots-old', 'adminsX'], 'no_group'],
    ['robots and admins', ['robots', 'admins'], 'ambiguous_groups'],
    ['robots and operators', ['operators', 'robots'], 'ambiguous_groups'],
    ['robots and viewers', ['fleet:demo', 'robots', 'viewers'], 'ambiguous_groups'],
  ])('refuses %s', (_what, groups, refusal) => {
    expect(identityOf(...groups)).toBe(refusal);
  });

  it('makes a robot of a user in robots, its id the user name', () => {
    expect(identityOf('robots', 'fleet:a')).toEqual({
      kind: 'robot',
      robotId: 'someone',
      principalId: 'sub-of-someone',
      groups: ['robots', 'fleet:a'],
    });
  });

  it('makes a robot of the id that its token names, and refuses one that names none, or several', () => {
    const token = { ...user('someone', 'robots', 'fleet:a'), life };
    expect(identify({ ...token, robot: { robotId: robotId.parse('rover-9') } })).toMatchObject({
      kind: 'robot',
      robotId: 'rover-9',
    });
    for (const problem of ['no_robot_id', 'several_robot_ids'] as const)
      expect(identify({ ...token, robot: { problem } })).toBe(problem);
  });

  it.each([['admins'], ['operators'], ['viewers'], ['viewers', 'operators'], ['admins', 'fleet:a']])(
    'makes a client of a user in %s',
    (...groups) => {
      expect(identityOf(...groups)).toEqual({
        kind: 'client',
        principalId: 'sub-of-someone',
        userName: 'someone',
        groups,
      });
    },
  );
});

describe('roleOf', () => {
  it.each([
    [['viewers'], 'viewer'],
    [['operators'], 'operator'],
    [['admins'], 'admin'],
    [['viewers', 'operators'], 'operator'],
    [['viewers', 'operators', 'admins'], 'admin'],
    [['robots', 'fleet:admins', 'Admins'], undefined],
  ])('gives of %s the strongest: %s', (groups, role) => {
    expect(roleOf(groups)).toBe(role);
  });
});

describe('fleetsOf', () => {
  it('names each fleet once, in order, and nothing else', () => {
    expect(fleetsOf(['fleet:b', 'robots', 'fleet:a', 'fleet:b', 'Fleet:c', 'fleet'])).toEqual(['a', 'b']);
  });

  it('knows no fleet without a name, and keeps colons in names', () => {
    expect(fleetsOf(['fleet:', 'fleet:eu:1'])).toEqual(['eu:1']);
  });
});
