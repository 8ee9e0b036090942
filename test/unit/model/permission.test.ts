import { describe, expect, it } from 'vitest';
import { maySee, mayUse } from '../../../functions/core/model/permission.ts';

describe('maySee', () => {
  it.each([
    ['an admin in no fleet', ['admins'], ['demo'], true],
    ['an admin, a robot in no fleet', ['admins'], [], true],
    ['an operator of its fleet', ['operators', 'fleet:demo'], ['demo'], true],
    ['a viewer of its fleet', ['viewers', 'fleet:demo'], ['demo'], true],
    ['an operator of one of several', ['operators', 'fleet:a', 'fleet:b'], ['b', 'c'], true],
    ['an operator of another fleet', ['operators', 'fleet:other'], ['demo'], false],
    ['an operator of a fleet whose name begins alike', ['operators', 'fleet:demo'], ['demo-2'], false],
    ['an operator in no fleet', ['operators'], ['demo'], false],
    ['an operator, a robot in no fleet', ['operators', 'fleet:demo'], [], false],
    ['an operator and a robot both in no fleet', ['operators'], [], false],
    ['somebody of the fleet without a role', ['fleet:demo'], ['demo'], false],
    ['another robot of the fleet', ['robots', 'fleet:demo'], ['demo'], false],
  ])('%s', (_who, groups, fleets, may) => {
    expect(maySee(groups, fleets)).toBe(may);
  });
});

describe('mayUse', () => {
  it.each([
    ['admins', true, true],
    ['operators', true, true],
    ['viewers', false, true],
    ['robots', false, false],
    ['fleet:demo', false, false],
  ])('%s: control %s, view %s', (group, control, view) => {
    expect(mayUse([group], 'control')).toBe(control);
    expect(mayUse([group], 'view')).toBe(view);
  });
});
