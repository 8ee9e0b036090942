import type { ServerMessage } from '../../../../protocol/messages.ts';
import { visible } from './people.ts';
import { type Changed, type Row, type Rows, subOfRobot } from './rows.ts';
import type { Result } from './stage.ts';

/** What a client may change of a robot's row: who holds control, and that it did. */
const leaseFields = ['controllerSessionId', 'controlHolder', 'controlUnconfirmed', 'leaseEpoch'];

/** Actions by which somebody else's lease can change: a session begins or ends, or control is asked for. */
const leaseActions = [
  'openSession',
  'closeSession',
  'requestControl',
  'grantControl',
  'releaseControl',
  'hello',
  'refreshToken',
  'bye',
];

/** What may be said to somebody else's socket on account of each action. */
const ends: readonly ServerMessage['type'][] = ['sessionClosed', 'controlChanged', 'robotStatus'];
const heard: Readonly<Record<string, readonly ServerMessage['type'][]>> = {
  hello: [...ends, 'peerBack', 'controlRequested'],
  refreshToken: ends,
  openSession: ['sessionRequested', 'controlChanged', 'robotStatus'],
  signal: ['signal'],
  closeSession: ends,
  requestControl: ['controlChanged', 'controlRequested', 'robotStatus'],
  grantControl: ['controlChanged', 'robotStatus'],
  releaseControl: ['controlChanged', 'robotStatus'],
  bye: [...ends, 'peerAway'],
};

/**
 * What an input has done to anybody whom it does not concern: rows of others that have changed, words to
 * strangers' sockets, sockets of others that were closed. Judged by the rows before and after alone.
 */
export function foreignEffects(result: Result): readonly string[] {
  const { effects, principal } = result;
  const sessions = [...sessionsIn(effects.before), ...sessionsIn(effects.after)];
  const own = sessions.filter(({ owners }) => owners.includes(principal));
  const about = { result, sessions, own, userName: principal.replace('sub-of-', '') };
  return [
    ...effects.changed.flatMap((row) => problemOfRow(about, row) ?? []),
    ...effects.posted.flatMap(({ to, message }) => problemOfPost(about, to, message) ?? []),
    ...effects.closed.filter((id) => ownerOf(result, id) !== principal).map((id) => `${id} was closed`),
  ];
}

type About = {
  readonly result: Result;
  /** Every session before and after. */
  readonly sessions: readonly Row[];
  readonly own: readonly Row[];
  readonly userName: string;
};

const sessionsIn = (rows: Rows) => [...rows.values()].filter(({ table }) => table === 'sessions');

/** Of a socket, by its row or the row that it had. */
function ownerOf({ effects: { before, after } }: Result, connectionId: string): string | undefined {
  const key = `connections ${connectionId}`;
  return (before.get(key) ?? after.get(key))?.owners[0];
}

function differing({ before, after }: Changed): readonly string[] {
  const names = new Set([...Object.keys(before?.value ?? {}), ...Object.keys(after?.value ?? {})]);
  return [...names].filter(
    (name) => JSON.stringify(before?.value[name]) !== JSON.stringify(after?.value[name]),
  );
}

function problemOfRow({ result, own, userName }: About, row: Changed): string | undefined {
  const { principal, route } = result;
  const { table, owners, value } = row.after ?? row.before ?? { table: 'directory', owners: [], value: {} };
  const robotsOfMine = own.map(({ value: session }) => session.robotId);
  const fields = differing(row);
  if (table === 'sessions') {
    if (!owners.includes(principal)) return `${route} has changed a session of others: ${row.key}`;
    const isNew = row.before === undefined;
    const mayOpen = route === 'openSession' && visible[userName]?.includes(String(value.robotId));
    return isNew && !mayOpen ? `${route} has opened ${row.key}` : undefined;
  }
  if (row.before !== undefined && row.after !== undefined && fields.some((name) => name === 'principalId')) {
    return `${row.key} is somebody else's now`;
  }
  if (owners.includes(principal)) return undefined;
  if (table === 'robots') {
    const isLease = fields.every((name) => leaseFields.includes(name));
    const isPeer = robotsOfMine.includes(value.robotId);
    return isLease && isPeer && leaseActions.includes(route)
      ? undefined
      : `${route} has changed ${fields} of ${row.key}`;
  }
  // A robot that ends a session takes it out of the list of its client.
  const isPeer = own.some(({ owners: both }) => owners.some((owner) => both.includes(owner)));
  if (
    table === 'clients' &&
    isPeer &&
    principal === subOfRobot(userName) &&
    visible[userName] === undefined
  ) {
    return fields.every((name) => name === 'sessions')
      ? undefined
      : `${route} has changed ${fields} of ${row.key}`;
  }
  return `${route} has changed ${row.key} (${fields})`;
}

function problemOfPost(about: About, to: string, message: ServerMessage): string | undefined {
  const { result, own, sessions, userName } = about;
  const { route, principal } = result;
  const receiver = ownerOf(result, to);
  if (receiver === principal) return undefined;
  const what = `${route} has told ${to} ${message.type}`;
  if (receiver === undefined || !heard[route]?.includes(message.type)) return what;
  switch (message.type) {
    case 'robotStatus': {
      // Of a robot by itself, or by who has a session with it: who controls it is a part of its state.
      const may = visible[receiver.replace('sub-of-', '')]?.includes(message.robotId) === true;
      const concerns =
        message.robotId === userName || own.some(({ value }) => value.robotId === message.robotId);
      return may && concerns ? undefined : `${what} of ${message.robotId}`;
    }
    case 'controlChanged': {
      const concerns = (rows: readonly Row[], who: string) =>
        rows.some(({ owners, value }) => value.robotId === message.robotId && owners.includes(who));
      return concerns(own, principal) && concerns(sessions, receiver)
        ? undefined
        : `${what} of ${message.robotId}`;
    }
    case 'controlRequested': {
      const mine = own.find(({ value }) => value.sessionId === message.sessionId);
      const isOfRobot = sessions.some(
        ({ owners, value }) => value.robotId === mine?.value.robotId && owners.includes(receiver),
      );
      return isOfRobot ? undefined : what;
    }
    case 'signal':
    case 'sessionRequested':
    case 'sessionClosed':
    case 'peerBack':
    case 'peerAway': {
      const between = own.find(({ value }) => value.sessionId === message.sessionId);
      return between?.owners.includes(receiver) === true ? undefined : `${what} of ${message.sessionId}`;
    }
    default:
      return what;
  }
}
