import { expect, it } from 'vitest';
import { onEveryAdapter } from './support/adapters.ts';
import { connectionId, robot, socket, t0 } from './support/samples.ts';

const rover = robot('rover-1');
const a = connectionId('a');
const b = connectionId('b');
const byA = { socket: socket('a', t0), fleets: ['demo'], resume: false, now: t0 };
const byB = { socket: socket('b', t0 + 1000), fleets: ['demo', 'new'], resume: true, now: t0 + 1000 };
const replaced = { connectionId: a, endpoint: byA.socket.endpoint };

onEveryAdapter('RobotSessionStore: how the robot came', (stores) => {
  const store = () => stores().robots;
  const arrivalOf = async (by: typeof a) => (await store().arrivalOf(rover, by))?.arrival;

  it('stands with the robot, for the connection that is it', async () => {
    await store().claim(rover, byA);
    expect(await arrivalOf(a)).toEqual({ resume: false, from: 'offline', fleets: [], isTold: false });
    await store().claim(rover, byB);
    const arrival = { resume: true, from: 'online', replaced, fleets: ['demo'], isTold: false };
    expect(await store().arrivalOf(rover, b)).toEqual({ robot: await store().get(rover), arrival });
    expect(await arrivalOf(a)).toBeUndefined();
    expect(await store().arrivalOf(robot('unknown'), a)).toBeUndefined();
  });

  it('is that of a robot that was away, or has left', async () => {
    await store().claim(rover, byA);
    await store().release(rover, { connectionId: a, now: t0 + 10, resumeEndsAt: t0 + 9000 });
    await store().claim(rover, byB);
    expect(await arrivalOf(b)).toEqual({ resume: true, from: 'away', fleets: ['demo'], isTold: false });
    await store().leave(rover, { connectionId: b, now: t0 + 2000, retryAt: t0 + 9000 });
    await store().claim(rover, byA);
    expect(await arrivalOf(a)).toMatchObject({ from: 'offline', fleets: ['demo', 'new'] });
  });

  it('is kept when the same connection claims again, whose claim cannot be given back then', async () => {
    const first = await store().claim(rover, byA);
    await store().claim(rover, byB);
    const again = await store().claim(rover, { ...byB, resume: false });
    const arrival = { resume: true, from: 'online', replaced, fleets: ['demo'], isTold: false };
    expect(again).toEqual({ won: true, repeated: true, current: await store().get(rover), arrival });
    const previous = first.won ? first.current : undefined;
    expect(await store().giveBack(rover, { epoch: 2, previous, now: t0 + 2000 })).toBe(false);
    expect(await arrivalOf(b)).toEqual(arrival);
  });

  it('has been told once that is said, of this claim', async () => {
    await store().claim(rover, byA);
    expect(await store().noteArrivalTold(rover, 7)).toBeUndefined();
    expect(await arrivalOf(a)).toMatchObject({ isTold: false });
    expect(await store().noteArrivalTold(rover, 1)).toEqual(await store().get(rover));
    expect(await arrivalOf(a)).toMatchObject({ isTold: true });
    await store().claim(rover, byB);
    expect(await arrivalOf(b)).toMatchObject({ isTold: false });
  });

  it('is told again by the one that it was given back to: the others may not have been told of that', async () => {
    await store().claim(rover, byA);
    const claim = await store().claim(rover, byB);
    if (!claim.won || claim.repeated) throw new Error('the claim was expected to win');
    const { current, previous } = claim;
    await store().giveBack(rover, { epoch: current.epoch, previous, now: t0 + 2000 });
    const again = { resume: true, from: 'away', fleets: ['demo'], isTold: false };
    expect(await arrivalOf(a)).toEqual(again);
  });

  it('makes no row of a robot that was never here', async () => {
    expect(await store().noteArrivalTold(rover, 1)).toBeUndefined();
    expect(await store().get(rover)).toBeUndefined();
  });
});
