import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseToRobot } from '../../local/demo/peer/drive-channel.ts';
import { drive, type Velocity, withinWheelSpeeds } from '../../local/demo/robot/kinematics.ts';
import { createRover, deadManMs } from '../../local/demo/robot/rover.ts';

const start = { xM: 0, yM: 0, headingRad: 0 };
const speed = fc.double({ min: -3, max: 3, noNaN: true });
const velocity = fc.record({ linearMPerS: speed, angularRadPerS: speed });

describe('kinematics', () => {
  test('drives straight ahead', () => {
    const pose = drive(start, { linearMPerS: 0.5, angularRadPerS: 0 }, 2_000);
    expect(pose).toEqual({ xM: 1, yM: 0, headingRad: 0 });
  });

  test('turns on the spot', () => {
    const pose = drive(start, { linearMPerS: 0, angularRadPerS: Math.PI / 2 }, 1_000);
    expect(pose.xM).toBeCloseTo(0);
    expect(pose.yM).toBeCloseTo(0);
    expect(pose.headingRad).toBeCloseTo(Math.PI / 2);
  });

  test('drives a half circle to the left', () => {
    const pose = drive(start, { linearMPerS: 1, angularRadPerS: 1 }, Math.PI * 1_000);
    expect(pose.xM).toBeCloseTo(0);
    expect(pose.yM).toBeCloseTo(2);
    expect(Math.abs(pose.headingRad)).toBeCloseTo(Math.PI);
  });

  test('comes to the same place in one step as in many', () => {
    fc.assert(
      fc.property(velocity, fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 20 }), (v, stepsMs) => {
        const stepped = stepsMs.reduce((pose, ms) => drive(pose, v, ms), start);
        const atOnce = drive(
          start,
          v,
          stepsMs.reduce((sum, ms) => sum + ms, 0),
        );
        expect(stepped.xM).toBeCloseTo(atOnce.xM, 4);
        expect(stepped.yM).toBeCloseTo(atOnce.yM, 4);
        expect(Math.cos(stepped.headingRad - atOnce.headingRad)).toBeCloseTo(1, 4);
      }),
    );
  });

  test('asks no wheel for more than it can do, and keeps the curve', () => {
    fc.assert(
      fc.property(velocity, (wanted) => {
        const given = withinWheelSpeeds(wanted);
        const turn = (given.angularRadPerS * 0.4) / 2;
        expect(Math.abs(given.linearMPerS - turn)).toBeLessThanOrEqual(1 + 1e-9);
        expect(Math.abs(given.linearMPerS + turn)).toBeLessThanOrEqual(1 + 1e-9);
        expect(given.linearMPerS * wanted.angularRadPerS).toBeCloseTo(
          wanted.linearMPerS * given.angularRadPerS,
          9,
        );
      }),
    );
  });
});

describe('dead man', () => {
  const ahead: Velocity = { linearMPerS: 0.4, angularRadPerS: 0 };

  function roverAt() {
    const clock = { now: 1_000 };
    return { clock, rover: createRover(() => clock.now) };
  }

  it('stands still until it is told to drive', () => {
    const { clock, rover } = roverAt();
    clock.now += 10_000;
    expect(rover.now()).toMatchObject({ pose: start, velocity: { linearMPerS: 0 } });
  });

  it('drives as long as commands come', () => {
    const { clock, rover } = roverAt();
    for (let i = 0; i < 10; i += 1) {
      rover.command(ahead);
      clock.now += deadManMs - 1;
    }
    expect(rover.now().velocity).toEqual(ahead);
    expect(rover.now().pose.xM).toBeCloseTo(0.4 * 10 * 0.499);
  });

  it('stops by itself 500 ms after the last command', () => {
    const { clock, rover } = roverAt();
    rover.command(ahead);
    clock.now += deadManMs - 1;
    expect(rover.now().velocity).toEqual(ahead);
    clock.now += 1;
    expect(rover.now().velocity).toEqual({ linearMPerS: 0, angularRadPerS: 0 });
  });

  it('has driven no farther than those 500 ms, however late it is looked at', () => {
    const { clock, rover } = roverAt();
    rover.command(ahead);
    clock.now += 60_000;
    expect(rover.now().pose.xM).toBeCloseTo(0.2);
    clock.now += 60_000;
    expect(rover.now().pose.xM).toBeCloseTo(0.2);
    rover.command(ahead);
    expect(rover.now().pose.xM).toBeCloseTo(0.2);
  });
});

describe('why it stands', () => {
  const ahead: Velocity = { linearMPerS: 0.4, angularRadPerS: 0 };
  const nothing: Velocity = { linearMPerS: 0, angularRadPerS: 0 };

  function driving() {
    const clock = { now: 1_000 };
    const rover = createRover(() => clock.now);
    rover.command(ahead);
    clock.now += 100;
    return { clock, rover };
  }

  it('says when commands stayed away, and not when they were ended', () => {
    const { clock, rover } = driving();
    expect(rover.now().state).toBe('driving');
    clock.now += deadManMs;
    expect(rover.now().state).toBe('dead_man');
    rover.command(ahead);
    rover.command(nothing);
    clock.now += 60_000;
    expect(rover.now().state).toBe('standing');
  });

  it('stops at once when its driver loses control, and says so; who stands is not halted', () => {
    const { clock, rover } = driving();
    rover.halt();
    const { pose } = rover.now();
    clock.now += 400;
    expect(rover.now()).toMatchObject({ pose, velocity: nothing, state: 'halted' });
    const standing = createRover(() => clock.now);
    standing.halt();
    expect(standing.now().state).toBe('standing');
  });

  it('the stop button holds against commands, until the controls were let go', () => {
    const { clock, rover } = driving();
    rover.stop();
    const { pose } = rover.now();
    for (let i = 0; i < 10; i += 1) {
      clock.now += 100;
      rover.command(ahead);
    }
    expect(rover.now()).toMatchObject({ pose, velocity: nothing, state: 'stopped' });
    rover.command(nothing);
    rover.command(ahead);
    expect(rover.now()).toMatchObject({ velocity: ahead, state: 'driving' });
  });
});

test.each([
  '',
  'null',
  '[]',
  '{"type":"drive"}',
  '{"type":"drive","linear":"1","angular":0}',
  '{"type":"fly"}',
])('the robot ignores %j on the data channel', (text) => {
  expect(parseToRobot(text)).toBeUndefined();
});
