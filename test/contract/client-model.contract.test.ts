import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ClientSession } from '../../functions/core/model/client-session.ts';
import type { TakenOver } from '../../functions/core/ports/client-directory.ts';
import { dynamoDbStores, memoryStores, onEveryDatabase, type Stores } from './support/adapters.ts';
import { bySessionId, clientIn, sessionKey } from './support/clients.ts';
import {
  allDue,
  client,
  connectionId,
  holder,
  principal,
  session,
  socketCopy,
  t0,
} from './support/samples.ts';

/** The stores under test, with what those who call them would remember. */
type Subject = {
  readonly stores: Stores;
  /** Of this run alone. */
  readonly name: string;
  readonly takenBy: Map<string, TakenOver>;
  /** The greatest age that was seen of the client, since it was last made or might have been deleted. */
  readonly seen: { age: number };
};
type Step = (subject: Subject, now: number) => Promise<unknown>;

const who = fc.constantFrom('a', 'b', 'c');
const keyHash = fc.constantFrom('key-1', 'key-2', 'key-3');
const sessionName = fc.constantFrom('s1', 's2');
const epoch = fc.integer({ min: 1, max: 4 });
const ms = fc.integer({ min: 0, max: 5 });
const user = fc.oneof(
  { weight: 9, arbitrary: fc.constant(holder) },
  { weight: 1, arbitrary: fc.constant(principal('q')) },
);

/** Named in the report of a counterexample. */
const named = (name: string, step: Step): Step => Object.assign(step, { toString: () => name });
const of = ({ stores, name }: Subject) => clientIn(() => stores.clients, name);
const keyOf = ({ name }: Subject, sessionId: string) => sessionKey(sessionId, name);

const enter = fc
  .tuple(who, keyHash)
  .map(([by, key]) => named(`enter ${by} ${key}`, (subject) => of(subject).enter(by, key)));
const takeOver = fc.tuple(who, keyHash, keyHash, user).map(([by, presentedHash, next, principalId]) =>
  named(`takeOver ${by} by ${presentedHash} of ${principalId}, then ${next}`, async (subject, now) => {
    const taken = await of(subject).takeOver(by, { presentedHash, keyHash: next, principalId, now });
    if (taken === undefined) return undefined;
    expect(taken.epoch).toBeGreaterThan(subject.seen.age);
    subject.seen.age = taken.epoch;
    subject.takenBy.set(by, taken);
    return { ...taken, sessions: bySessionId(taken.sessions) };
  }),
);
const giveBack = who.map((by) =>
  named(`giveBack ${by}`, (subject) => {
    const taken = subject.takenBy.get(by);
    if (taken === undefined) return Promise.resolve(undefined);
    return of(subject).giveBack({ ...taken, from: connectionId(by) });
  }),
);
const detach = fc
  .tuple(who, ms)
  .map(([by, windowMs]) =>
    named(`detach ${by} for ${windowMs}`, async (subject, now) =>
      bySessionId(await of(subject).detach(by, now + windowMs)),
    ),
  );
const add = fc
  .tuple(who, sessionName)
  .map(([by, name]) => named(`addSession ${name} by ${by}`, (subject) => of(subject).add(by, name)));
const drop = sessionName.map((name) =>
  named(`removeSession ${name}`, (subject) => of(subject).removeSession(name)),
);
const remove = who.map((by) =>
  named(`remove ${by}`, (subject) => {
    subject.seen.age = 0;
    return of(subject).remove(by);
  }),
);
const removeIfIdle = fc.constant(
  named('removeIfIdle', (subject) => {
    subject.seen.age = 0;
    return of(subject).removeIfIdle();
  }),
);

const createSession = fc.tuple(sessionName, who, epoch).map(([name, by, clientEpoch]) =>
  named(`create ${name} on ${by} at ${clientEpoch}`, (subject, now) =>
    subject.stores.sessions.create({
      ...keyOf(subject, name),
      clientId: client(subject.name),
      clientEpoch,
      socket: socketCopy(by),
      mode: 'view',
      received: { byRobot: 0, byClient: 0 },
      openedAt: now,
      nextDeadlineAt: now + 7,
    }),
  ),
);
const suspend = fc.tuple(sessionName, epoch, ms).map(([name, clientEpoch, windowMs]) =>
  named(`suspend ${name} at ${clientEpoch} for ${windowMs}`, (subject, now) =>
    subject.stores.sessions.suspend(keyOf(subject, name), {
      clientId: client(subject.name),
      clientEpoch,
      resumeEndsAt: now + windowMs,
    }),
  ),
);
const moveTo = fc
  .tuple(sessionName, who, epoch, ms, fc.boolean())
  .map(([name, by, clientEpoch, restMs, isAdopted]) =>
    named(`moveTo ${name} on ${by} at ${clientEpoch}${isAdopted ? ', adopted' : ''}`, (subject, now) =>
      subject.stores.sessions.moveTo(keyOf(subject, name), {
        clientId: client(subject.name),
        clientEpoch,
        socket: socketCopy(by),
        nextDeadlineAt: now + restMs,
        ...(isAdopted && { isAdopted }),
      }),
    ),
  );
const copyToken = fc.tuple(sessionName, who, ms).map(([name, by, longer]) =>
  named(`copyToken ${name} of ${by} +${longer}`, (subject, now) =>
    subject.stores.sessions.copyToken(keyOf(subject, name), {
      connectionId: connectionId(by),
      tokenExpiresAt: t0 + 60_000 - 2 + longer,
      nextDeadlineAt: now + longer,
    }),
  ),
);
const noteReceived = fc
  .tuple(sessionName, ms, fc.boolean())
  .map(([name, seq, isRobot]) =>
    named(`noteReceived ${name} ${seq}`, (subject) =>
      subject.stores.sessions.noteReceived(
        keyOf(subject, name),
        isRobot ? { byRobot: seq } : { byClient: seq },
      ),
    ),
  );
const removeIfDue = sessionName.map((name) =>
  named(`removeIfDue ${name}`, (subject, now) =>
    subject.stores.sessions.removeIfDue(keyOf(subject, name), now),
  ),
);
const removeUnadopted = sessionName.map((name) =>
  named(`removeUnadopted ${name}`, (subject) =>
    subject.stores.sessions.removeUnadopted(keyOf(subject, name)),
  ),
);

const weighted = (often: fc.Arbitrary<Step>[], seldom: fc.Arbitrary<Step>[]) =>
  fc.array(
    fc.oneof(
      ...often.map((arbitrary) => ({ weight: 3, arbitrary })),
      ...seldom.map((arbitrary) => ({ weight: 1, arbitrary })),
    ),
    { minLength: 1, maxLength: 30 },
  );
const directorySteps = weighted([enter, takeOver, detach, add], [giveBack, drop, remove, removeIfIdle]);
const sessionSteps = weighted(
  [createSession, suspend, moveTo],
  [copyToken, noteReceived, removeIfDue, removeUnadopted],
);

/** What holds of a session’s row at any time, and between it and the next (I4). */
function expectSound(before: ClientSession | undefined, after: ClientSession | undefined): void {
  if (after === undefined) return;
  expect(after.socket === undefined).toBe(after.resumeEndsAt !== undefined);
  if (after.resumeEndsAt !== undefined) expect(after.nextDeadlineAt).toBe(after.resumeEndsAt);
  if (before !== undefined) expect(after.clientEpoch).toBeGreaterThanOrEqual(before.clientEpoch);
}

onEveryDatabase('Clients, in any order of calls', (database) => {
  let run = 0;
  const subjects = () => {
    run += 1;
    const name = `run-${run}`;
    const subject = (stores: Stores): Subject => ({ stores, name, takenBy: new Map(), seen: { age: 0 } });
    return { real: subject(dynamoDbStores(database())), model: subject(memoryStores()) };
  };

  it('the directory does what the one in memory does, and the age never falls', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(directorySteps, async (sequence) => {
        const { real, model } = subjects();
        for (const [i, step] of sequence.entries()) {
          const now = t0 + i;
          expect(await step(real, now)).toEqual(await step(model, now));
          const sessions = bySessionId(await of(real).sessions());
          expect(sessions).toEqual(bySessionId(await of(model).sessions()));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('their sessions do what those in memory do', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(sessionSteps, async (sequence) => {
        const { real, model } = subjects();
        const before = new Map<string, ClientSession | undefined>();
        for (const [i, step] of sequence.entries()) {
          const now = t0 + i;
          expect(await step(real, now)).toEqual(await step(model, now));
          for (const name of ['s1', 's2']) {
            const key = keyOf(real, session(name));
            const after = await real.stores.sessions.get(key);
            expect(after).toEqual(await model.stores.sessions.get(key));
            expectSound(before.get(name), after);
            before.set(name, after);
          }
        }
        const now = t0 + sequence.length;
        const due = (subject: Subject) => allDue((query) => subject.stores.sessions.due(query), now);
        const ofRun = (await due(real)).filter(({ robotId }) => robotId === real.name);
        expect(bySessionId(ofRun)).toEqual(bySessionId(await due(model)));
      }),
      { numRuns: 60 },
    );
  });
});
