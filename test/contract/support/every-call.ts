import type { Stores } from './adapters.ts';
import {
  client,
  clientSession,
  connectionId,
  entering,
  holder,
  leaving,
  placeOf,
  principal,
  robot,
  robotConnection,
  session,
  socket,
  socketCopy,
  t0,
  watcher,
} from './samples.ts';

const a = connectionId('a');
const rover = robot('rover-1');
const s1 = session('s1');
const key = { robotId: rover, sessionId: s1 };
const s2 = session('s2');
const k = client('k');
const topic = 'fleet#demo';
const seen = robotConnection('a');
const user = principal('p');
const revoked = { at: t0, keepUntil: t0 };
const due = { shard: 0, now: t0, limit: 10 };
const copy = { connectionId: a, tokenExpiresAt: t0, nextDeadlineAt: t0, fleets: [] };

/** A call of every method of every port. A method without one does not compile. */
type Calls = {
  [Port in keyof Stores]: Record<keyof Stores[Port], (store: Stores[Port]) => Promise<unknown>>;
};

const calls: Calls = {
  connections: {
    create: (store) => store.create(robotConnection('a')),
    get: (store) => store.get(a),
    markReady: (store) => store.markReady(a, { client: placeOf('k'), nextDeadlineAt: t0 }),
    noteReturning: (store) => store.noteReturning(a, k),
    unmarkReady: (store) => store.unmarkReady(a, { nextDeadlineAt: t0 }),
    setWatching: (store) => store.setWatching(a, [topic]),
    refresh: (store) =>
      store.refresh(a, {
        token: { issuedAt: t0, expiresAt: t0, signedInAt: t0 },
        groups: [],
        nextDeadlineAt: t0,
      }),
    rest: (store) => store.rest(seen, { now: t0, until: t0 }),
    putOff: (store) => store.putOff(seen, { now: t0, until: t0 }),
    settle: (store) => store.settle(seen, { settledUntil: t0, nextDeadlineAt: t0 }),
    beginClosing: (store) => store.beginClosing(seen, { now: t0, retryAt: t0, how: 'expired' }),
    markClosing: (store) => store.markClosing(a, { retryAt: t0, how: 'bye' }),
    remove: (store) => store.remove(a),
    listByPrincipal: (store) => store.listByPrincipal(user),
    due: (store) => store.due(due),
  },
  robots: {
    get: (store) => store.get(rover),
    getMany: (store) => store.getMany([rover]),
    claim: (store) => store.claim(rover, { socket: socket('a'), fleets: [], resume: true, now: t0 }),
    arrivalOf: (store) => store.arrivalOf(rover, a),
    noteArrivalTold: (store) => store.noteArrivalTold(rover, 1),
    giveBack: (store) => store.giveBack(rover, { epoch: 1, previous: undefined, now: t0 }),
    release: (store) => store.release(rover, { connectionId: a, now: t0, resumeEndsAt: t0 }),
    leave: (store) => store.leave(rover, { connectionId: a, now: t0, retryAt: t0 }),
    endResume: (store) => store.endResume(rover, { now: t0, retryAt: t0 }),
    settle: (store) => store.settle(rover),
    copyToken: (store) => store.copyToken(rover, copy),
    takeControl: (store) => store.takeControl(rover, s1),
    passControl: (store) => store.passControl(rover, { from: s1, to: s2 }),
    confirmControl: (store) => store.confirmControl(rover, s1),
    freeUnconfirmed: (store) => store.freeUnconfirmed(rover, s1),
    dropControl: (store) => store.dropControl(rover, s2),
    due: (store) => store.due(due),
  },
  sessions: {
    create: (store) => store.create(clientSession('s1')),
    get: (store) => store.get(key),
    listByRobot: (store) => store.listByRobot(rover),
    remove: (store) => store.remove(key),
    removeIfDue: (store) => store.removeIfDue(key, t0),
    removeUnadopted: (store) => store.removeUnadopted(key),
    copyToken: (store) => store.copyToken(key, copy),
    suspend: (store) => store.suspend(key, { clientId: k, clientEpoch: 1, resumeEndsAt: t0 }),
    moveTo: (store) =>
      store.moveTo(key, { clientId: k, clientEpoch: 1, socket: socketCopy('a'), nextDeadlineAt: t0 }),
    noteReceived: (store) => store.noteReceived(key, { byRobot: 1, byClient: 2 }),
    due: (store) => store.due(due),
  },
  signalPath: { read: (store) => store.read(key) },
  clients: {
    enter: (store) => store.enter(entering('k', { connectionId: a })),
    takeOver: (store) =>
      store.takeOver(k, {
        principalId: holder,
        connectionId: a,
        presentedHash: 'key-1',
        keyHash: 'key-2',
        tokenExpiresAt: t0,
        now: t0,
      }),
    rejoin: (store) => store.rejoin(k, { connectionId: a, keyHash: 'key-2', presentedHash: 'key-1' }),
    settle: (store) => store.settle(k, a),
    giveBack: (store) =>
      store.giveBack(k, { epoch: 2, previous: { connectionId: a, keyHashes: ['key-1', 'key-1'] }, from: a }),
    sessionsOf: (store) => store.sessionsOf(k),
    addSession: (store) => store.addSession(k, { connectionId: a, session: key }),
    removeSession: (store) => store.removeSession(k, key),
    detach: (store) => store.detach(k, leaving('a')),
    remove: (store) => store.remove(k, a),
    removeIfIdle: (store) => store.removeIfIdle(k),
  },
  fleets: {
    enlist: (store) => store.enlist(rover, { fleets: ['a'], left: ['b'] }),
    list: (store) => store.list({ fleet: 'a', after: undefined, limit: 10 }),
  },
  watches: {
    watch: (store) => store.watch(watcher('a'), [topic]),
    unwatch: (store) => store.unwatch(a, [topic]),
    watchersOf: (store) => store.watchersOf([topic]),
  },
  revocations: {
    of: (store) => store.of({ principalId: user, originJti: 'origin-1' }),
    revokeSignInsUntil: (store) => store.revokeSignInsUntil(user, revoked),
    revokeTokensUntil: (store) => store.revokeTokensUntil(user, revoked),
    revokeSignIn: (store) => store.revokeSignIn({ principalId: user, originJti: 'origin-1' }, revoked),
  },
};

type Call = { readonly method: string; readonly make: (stores: Stores) => Promise<unknown> };

function callsOf<Port extends keyof Stores>(port: Port): Call[] {
  const ofPort = calls[port];
  const methods: [string, (store: Stores[Port]) => Promise<unknown>][] = Object.entries(ofPort);
  return methods.map(([method, call]) => ({
    method: `${port}.${method}`,
    make: (stores) => call(stores[port]),
  }));
}

export const everyCall: readonly Call[] = [
  ...callsOf('connections'),
  ...callsOf('robots'),
  ...callsOf('sessions'),
  ...callsOf('signalPath'),
  ...callsOf('clients'),
  ...callsOf('fleets'),
  ...callsOf('watches'),
  ...callsOf('revocations'),
];
