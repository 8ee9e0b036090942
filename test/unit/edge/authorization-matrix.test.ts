import { describe, expect, it } from 'vitest';
import { sessionId } from '../../../protocol/ids.ts';
import { connected, socketNamed, welcomed } from '../core/support/cast.ts';
import { operator1, rover1, type User, user } from '../core/support/people.ts';
import { newWorld, type World } from '../core/support/world.ts';
import { callers, cast, nowhere, type Session, target, type Wish } from './support/authorization.ts';
import {
  api,
  codeSaid,
  connectEvent,
  messageEvent,
  messageRoutes,
  type RouteKey,
} from './support/gateway-calls.ts';

/**
 * What becomes of each action, by who asks (role, and whether it shares the fleet of the robot or has
 * another or none) and of what it asks (of its own session, a foreign one, one that is none). Written
 * from DESIGN, not from the code. `ok`, F: forbidden, U: session_unknown, R: robot_unknown, H:
 * control_held; `-`: cannot be, since who shares no fleet has no session. Of a robot that is none
 * `watchRobots` says to admins, too, what the reference says of it: forbidden.
 */
const table = `
                              admin op:shared op:other op:none vw:shared vw:other vw:none robot
hello                         ok    ok        ok       ok      ok        ok       ok      ok
refreshToken                  ok    ok        ok       ok      ok        ok       ok      ok
getIceServers                 ok    ok        ok       ok      ok        ok       ok      ok
listRobots                    ok    ok        ok       ok      ok        ok       ok      F
watchRobots all               ok    ok        ok       ok      ok        ok       ok      F
watchRobots there             ok    ok        F        F       ok        F        F       F
watchRobots nowhere           F     F         F        F       F         F        F       F
openSession control-there     ok    ok        F        F       F         F        F       F
openSession view-there        ok    ok        F        F       ok        F        F       F
openSession control-nowhere   R     F         F        F       F         F        F       F
openSession view-nowhere      R     F         F        F       F         F        F       F
signal own                    ok    ok        ok       -       ok        ok       -       ok
signal foreign                U     U         U        U       U         U        U       U
signal unknown                U     U         U        U       U         U        U       U
closeSession own              ok    ok        ok       -       ok        ok       -       ok
closeSession foreign          U     U         U        U       U         U        U       U
closeSession unknown          U     U         U        U       U         U        U       U
requestControl own-free       ok    ok        ok       -       F         F        -       F
requestControl own-held       H     H         H        -       F         F        -       F
requestControl own-force      ok    F         F        -       F         F        -       F
requestControl foreign        U     U         U        U       U         U        U       F
requestControl foreign-force  U     U         U        U       U         U        U       F
requestControl unknown        U     U         U        U       U         U        U       F
grantControl own              ok    ok        ok       -       H         H        -       F
grantControl own-to-unknown   U     U         U        -       H         H        -       F
grantControl foreign          U     U         U        U       U         U        U       F
grantControl unknown          U     U         U        U       U         U        U       F
releaseControl own            ok    ok        ok       -       H         H        -       F
releaseControl foreign        U     U         U        U       U         U        U       F
releaseControl unknown        U     U         U        U       U         U        U       F
bye                           ok    ok        ok       ok      ok        ok       ok      ok
`;

const codes: Readonly<Record<string, string | undefined>> = {
  ok: undefined,
  F: 'forbidden',
  U: 'session_unknown',
  R: 'robot_unknown',
  H: 'control_held',
};

const [columns = [], ...lines] = table
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/));
const rows = lines.map((words) => {
  const [action = '', of = ''] = words.slice(0, -columns.length);
  return { action: action as RouteKey, of, results: words.slice(-columns.length) };
});
const cells = rows.flatMap(({ action, of, results }) =>
  callers.map(({ column, who }) => ({
    action,
    of,
    column,
    who,
    cell: results[columns.indexOf(column)] ?? '?',
  })),
);

/** How control must stand for the row to ask what it asks. */
function wishOf(action: string, of: string): Wish {
  if (of === 'own-held' || of.endsWith('force')) return 'view, held';
  return action === 'grantControl' || action === 'releaseControl' ? 'control' : 'view';
}

const madeUp: Session = { robotId: target, sessionId: sessionId.parse('made-up') };

function fieldsOf(
  of: { action: string; of: string; token: string },
  sessions: { own: Session | undefined; foreign: Session; mateOfOwn: Session },
): Record<string, unknown> {
  const subject = of.of.startsWith('own')
    ? sessions.own
    : of.of.startsWith('foreign')
      ? sessions.foreign
      : madeUp;
  const key = { robotId: subject?.robotId, sessionId: subject?.sessionId };
  const [mode, where] = of.of.split('-');
  switch (of.action) {
    case 'hello':
      return { protocol: 1 };
    case 'refreshToken':
      return { token: of.token };
    case 'watchRobots':
      return of.of === 'all' ? {} : { robotIds: [of.of === 'there' ? target : nowhere] };
    case 'openSession':
      return { mode, robotId: where === 'there' ? target : nowhere };
    case 'signal':
      return { ...key, seq: 1, kind: 'custom' };
    case 'closeSession':
    case 'releaseControl':
      return key;
    case 'requestControl':
      return { ...key, force: of.of.endsWith('force') };
    case 'grantControl':
      return { ...key, to: of.of.endsWith('unknown') ? 'made-up' : sessions.mateOfOwn.sessionId };
    default:
      return {};
  }
}

describe('the authorization matrix', () => {
  it('has a row for each action that a function serves, and a cell for each caller', () => {
    expect([...new Set(rows.map(({ action }) => action))].sort()).toEqual([...messageRoutes].sort());
    for (const { results } of rows) {
      expect(results).toHaveLength(columns.length);
      for (const cell of results) expect(Object.keys(codes).concat('-')).toContain(cell);
    }
    expect([...new Set(callers.map(({ column }) => column))].sort()).toEqual([...columns].sort());
  });

  it.each(cells)('$action $of by $who.userName: $cell', async ({ action, of, column, who, cell }) => {
    const wish = wishOf(action, of);
    const { world, caller, ...sessions } = await cast({ column, who }, wish);
    if (cell === '-') {
      expect(sessions.own).toBeUndefined();
      return;
    }
    const token = world.tokens.issue(who);
    const fields = fieldsOf({ action, of, token }, sessions);
    const before = structuredClone(world.state);
    const posted = world.gateway.posted.length;
    const result = await api(world)(messageEvent(action, { action, ...fields }, caller.connectionId));
    expect(codeSaid(result)).toBe(codes[cell]);
    if (cell === 'ok') return;
    // What is refused changes nothing; only of a wish for control do others hear.
    expect(world.state).toEqual(before);
    const heard = world.gateway.posted.slice(posted).map(({ message }) => message.type);
    const isWish = action === 'requestControl' && cell === 'H';
    expect(heard).toEqual(isWish ? ['controlRequested', 'controlRequested'] : []);
  });
});

describe('who is let in at $connect', () => {
  const entries: readonly { groups: readonly string[]; status: number }[] = [
    { groups: [], status: 403 },
    { groups: ['fleet:demo'], status: 403 },
    { groups: ['Admins'], status: 403 },
    { groups: ['operators '], status: 403 },
    { groups: ['robots', 'operators'], status: 403 },
    { groups: ['robots', 'viewers'], status: 403 },
    { groups: ['robots', 'admins', 'fleet:demo'], status: 403 },
    { groups: ['robots'], status: 200 },
    { groups: ['viewers'], status: 200 },
    { groups: ['operators'], status: 200 },
    { groups: ['admins'], status: 200 },
    { groups: ['admins', 'viewers', 'fleet:demo'], status: 200 },
  ];

  it.each(entries)('$groups: $status', async ({ groups, status }) => {
    const world = newWorld();
    const token = world.tokens.issue(user('somebody', ...groups));
    const event = connectEvent({ headers: { Authorization: `Bearer ${token}` } });
    expect((await api(world)(event)).statusCode).toBe(status);
    expect(world.state.connections.size).toBe(status === 200 ? 1 : 0);
  });
});

/** What becomes of each action on a connection that is not in its prime; every other one gets `rest`. */
const states: readonly {
  state: string;
  rest: string;
  but: Readonly<Record<string, string | undefined>>;
  prepare: (world: World, who: User) => Promise<unknown>;
}[] = [
  {
    state: 'that has not said hello',
    rest: 'hello_required',
    but: { hello: undefined, refreshToken: undefined, bye: undefined },
    prepare: (world, who) => connected(world, who, { name: 'caller' }),
  },
  {
    state: 'whose token ran out',
    rest: 'token_expired',
    but: { refreshToken: undefined, bye: undefined },
    prepare: async (world, who) => {
      await welcomed(world, who, { name: 'caller', lifeMs: 60_000 });
      world.pass(60_000);
    },
  },
  {
    state: 'that is not known',
    rest: 'unauthenticated',
    but: { bye: undefined },
    prepare: async () => {},
  },
  {
    state: 'that is being closed',
    rest: 'unauthenticated',
    but: { bye: undefined },
    prepare: async (world, who) => {
      const { connectionId } = await welcomed(world, who, { name: 'caller' });
      const retryAt = world.clock.at + 1;
      await world.deps.connections.markClosing(connectionId, { retryAt, how: 'disconnect' });
    },
  },
];

const inStates = states.flatMap((state) =>
  [operator1, rover1].flatMap((who) => messageRoutes.map((action) => ({ ...state, who, action }))),
);

describe('a connection', () => {
  it.each(inStates)('$state ($who.userName), $action', async ({ rest, but, prepare, who, action }) => {
    const world = newWorld();
    await prepare(world, who);
    const token = world.tokens.issue(who);
    const own = { own: madeUp, foreign: madeUp, mateOfOwn: madeUp };
    const of = action === 'openSession' ? 'view-there' : action === 'watchRobots' ? 'all' : 'own';
    const fields = fieldsOf({ action, of, token }, own);
    const caller = socketNamed('caller').connectionId;
    const result = await api(world)(messageEvent(action, { action, ...fields }, caller));
    expect(codeSaid(result)).toBe(action in but ? but[action] : rest);
  });
});
