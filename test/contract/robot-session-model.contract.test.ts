import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RobotSession } from '../../functions/core/model/robot-session.ts';
import type { RobotSessionStore } from '../../functions/core/ports/robot-session-store.ts';
import type { RobotId } from '../../protocol/ids.ts';
import { dynamoDbStores, memoryStores, onEveryDatabase } from './support/adapters.ts';
import { allDue, connectionId, robot, session, socket, t0 } from './support/samples.ts';

type Claimed = { readonly epoch: number; readonly previous: RobotSession | undefined };

/** One store under test, with what a holder of it would remember. */
type Subject = {
  readonly store: RobotSessionStore;
  readonly robotId: RobotId;
  readonly claimOf: Map<string, Claimed>;
};
type Step = (subject: Subject, now: number) => Promise<unknown>;

/** Two of the three connected in the same millisecond, so that ties are met. */
const connectedAt = { a: t0, b: t0 + 1, c: t0 + 1 };
const who = fc.constantFrom('a', 'b', 'c');
const sessionName = fc.constantFrom('s1', 's2');
const ms = fc.integer({ min: 0, max: 5 });

/** Named in the report of a counterexample. */
const named = (name: string, step: Step): Step => Object.assign(step, { toString: () => name });

/** Mostly whoever has the robot; else only itself, or itself and another. */
const insteadOf = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: who.map((other) => [other]) },
);
const claim = fc.tuple(who, insteadOf).map(([name, others]) =>
  named(`claim ${name}${others === undefined ? '' : ` instead of ${others}`}`, async (subject, now) => {
    const { store, robotId, claimOf } = subject;
    const by = {
      socket: socket(name, connectedAt[name]),
      fleets: [`fleet of ${name}`],
      now,
      ...(others !== undefined && { insteadOf: [name, ...others].map(connectionId) }),
    };
    const result = await store.claim(robotId, by);
    if (result.won && !result.repeated) {
      claimOf.set(name, { epoch: result.current.epoch, previous: result.previous });
    }
    return result;
  }),
);
const giveBack = who.map((name) =>
  named(`giveBack ${name}`, ({ store, robotId, claimOf }, now) =>
    store.giveBack(robotId, { ...(claimOf.get(name) ?? { epoch: 1, previous: undefined }), now }),
  ),
);
const release = fc
  .tuple(who, ms)
  .map(([name, window]) =>
    named(`release ${name} for ${window}`, ({ store, robotId }, now) =>
      store.release(robotId, { connectionId: connectionId(name), now, resumeEndsAt: now + window }),
    ),
  );
const leave = fc
  .tuple(who, ms)
  .map(([name, rest]) =>
    named(`leave ${name}, again after ${rest}`, ({ store, robotId }, now) =>
      store.leave(robotId, { connectionId: connectionId(name), now, retryAt: now + rest }),
    ),
  );
const endResume = ms.map((rest) =>
  named(`endResume, again after ${rest}`, ({ store, robotId }, now) =>
    store.endResume(robotId, { now, retryAt: now + rest }),
  ),
);
const settle = fc.constant(named('settle', ({ store, robotId }) => store.settle(robotId)));
const copyToken = fc.tuple(who, ms).map(([name, longer]) =>
  named(`copyToken ${name} +${longer}`, ({ store, robotId }) =>
    store.copyToken(robotId, {
      connectionId: connectionId(name),
      tokenExpiresAt: t0 + 60_000 - 2 + longer,
      fleets: [`refreshed by ${longer}`],
    }),
  ),
);
const takeControl = sessionName.map((name) =>
  named(`takeControl ${name}`, ({ store, robotId }) => store.takeControl(robotId, session(name))),
);
const passControl = fc
  .tuple(sessionName, sessionName, fc.boolean())
  // To itself: see the case of its own in the suite on control.
  .filter(([from, to]) => from !== to)
  .map(([from, to, back]) =>
    named(`passControl ${from} to ${to}${back ? ' if unconfirmed' : ''}`, ({ store, robotId }) =>
      store.passControl(robotId, {
        from: session(from),
        to: session(to),
        ...(back && { unconfirmed: true as const }),
      }),
    ),
  );
const confirmControl = fc
  .tuple(sessionName, fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }))
  .map(([name, leaseEpoch]) =>
    named(`confirmControl ${name} of ${leaseEpoch}`, ({ store, robotId }) =>
      store.confirmControl(robotId, session(name), leaseEpoch),
    ),
  );
const freeUnconfirmed = sessionName.map((name) =>
  named(`freeUnconfirmed ${name}`, ({ store, robotId }) => store.freeUnconfirmed(robotId, session(name))),
);
const dropControl = sessionName.map((name) =>
  named(`dropControl ${name}`, ({ store, robotId }) => store.dropControl(robotId, session(name))),
);
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: claim },
    { weight: 2, arbitrary: release },
    { weight: 2, arbitrary: takeControl },
    { weight: 2, arbitrary: passControl },
    ...[giveBack, leave, endResume, settle, copyToken].map((arbitrary) => ({ weight: 1, arbitrary })),
    ...[confirmControl, freeUnconfirmed, dropControl].map((arbitrary) => ({ weight: 1, arbitrary })),
  ),
  { minLength: 1, maxLength: 30 },
);

/** What holds of a robot's row at any time. */
function expectSound(robotNow: RobotSession | undefined): void {
  if (robotNow === undefined) return;
  expect(robotNow.socket !== undefined).toBe(robotNow.state === 'online');
  expect(robotNow.resumeEndsAt !== undefined).toBe(robotNow.state === 'away');
  if (robotNow.state === 'offline') expect(robotNow).not.toHaveProperty('controllerSessionId');
  if (robotNow.controlUnconfirmed === true) expect(robotNow).toHaveProperty('controllerSessionId');
}

/** What holds between a row and the next (I4, I7). */
function expectForward(before: RobotSession | undefined, after: RobotSession | undefined): void {
  if (before === undefined) return;
  if (after === undefined) throw new Error('a robot was forgotten');
  expect(after.epoch).toBeGreaterThanOrEqual(before.epoch);
  const isAnotherSocket =
    after.socket !== undefined && after.socket.connectionId !== before.socket?.connectionId;
  if (isAnotherSocket) expect(after.epoch).toBeGreaterThan(before.epoch);
  const isSameHolder = after.controllerSessionId === before.controllerSessionId;
  expect(after.leaseEpoch - before.leaseEpoch).toBe(isSameHolder ? 0 : 1);
}

onEveryDatabase('RobotSessionStore, in any order of calls', (database) => {
  it('does what the store in memory does, and keeps I4 and I7', { timeout: 60_000 }, async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        run += 1;
        const robotId = robot(`rover-${run}`);
        const real: Subject = { store: dynamoDbStores(database()).robots, robotId, claimOf: new Map() };
        const model: Subject = { store: memoryStores().robots, robotId, claimOf: new Map() };
        let before: RobotSession | undefined;
        for (const [i, step] of sequence.entries()) {
          const now = t0 + 10 + i;
          expect(await step(real, now)).toEqual(await step(model, now));
          const after = await real.store.get(robotId);
          expect(after).toEqual(await model.store.get(robotId));
          expectSound(after);
          expectForward(before, after);
          before = after;
        }
        for (const now of [t0 + 20, t0 * 2]) {
          const isDue = (await allDue((of) => real.store.due(of), now)).includes(robotId);
          expect(isDue).toBe((await allDue((of) => model.store.due(of), now)).includes(robotId));
        }
      }),
      { numRuns: 50 },
    );
  });
});
