import { describe, expect, it } from 'vitest';
import { robotsOfTopics, topicsOf, topicsOfRobots, topicsOn } from '../../../functions/core/model/watch.ts';
import { robotId } from '../../../protocol/ids.ts';

const robot = (id: string, ...fleets: string[]) => ({ robotId: robotId.parse(id), fleets });
const meet = (one: readonly string[], other: readonly string[]) => one.some((topic) => other.includes(topic));

describe('who watches all that it may see', () => {
  it.each([
    { groups: ['admins'], fleets: ['demo'], hears: true },
    { groups: ['admins'], fleets: [], hears: true },
    { groups: ['admins', 'fleet:other'], fleets: ['demo'], hears: true },
    { groups: ['operators', 'fleet:demo'], fleets: ['demo'], hears: true },
    { groups: ['viewers', 'fleet:other', 'fleet:demo'], fleets: ['demo'], hears: true },
    { groups: ['viewers', 'fleet:demo'], fleets: ['spare', 'demo'], hears: true },
    { groups: ['operators', 'fleet:demo'], fleets: ['demo2'], hears: false },
    { groups: ['operators', 'fleet:demo2'], fleets: ['demo'], hears: false },
    { groups: ['operators', 'fleet:demo'], fleets: [], hears: false },
    { groups: ['operators'], fleets: ['demo'], hears: false },
    { groups: ['operators', 'fleet:'], fleets: [''], hears: false },
    { groups: ['operators', 'fleet:Demo'], fleets: ['demo'], hears: false },
  ])('with $groups hears of a robot in $fleets: $hears', ({ groups, fleets, hears }) => {
    expect(meet(topicsOf(groups), topicsOn(robot('rover-1', ...fleets)))).toBe(hears);
  });

  it('hears nothing by the name of a fleet that is made like another topic', () => {
    for (const fleet of ['all', 'robot#rover-1', '#', 'fleet#demo']) {
      expect(meet(topicsOf(['operators', `fleet:${fleet}`]), topicsOn(robot('rover-1', 'demo')))).toBe(false);
    }
  });
});

describe('who watches robots by name', () => {
  it.each(['rover-1', 'robot#x', 'all', 'fleet#demo', 'a b', '#', 'ровер'])(
    'hears of %s and of no other',
    (id) => {
      const topics = topicsOfRobots([robotId.parse(id)]);
      expect(meet(topics, topicsOn(robot(id, 'demo')))).toBe(true);
      expect(meet(topics, topicsOn(robot('another', 'demo', id)))).toBe(false);
    },
  );

  it('has each name once, and they can be read again', () => {
    const ids = ['rover-1', 'rover-2', 'rover-1', 'robot#x'].map((id) => robotId.parse(id));
    expect(robotsOfTopics(topicsOfRobots(ids))).toEqual(['rover-1', 'rover-2', 'robot#x']);
    expect(robotsOfTopics(topicsOf(['admins']))).toBeUndefined();
    expect(robotsOfTopics(topicsOf(['operators', 'fleet:robot#x']))).toBeUndefined();
    expect(robotsOfTopics([])).toBeUndefined();
  });
});
