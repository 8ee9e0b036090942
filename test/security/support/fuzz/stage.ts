import { randomIds } from '../../../../functions/adapters/runtime/random-ids.ts';
import type { TokenVerifier } from '../../../../functions/core/ports/token-verifier.ts';
import type { GatewayResult } from '../../../../functions/edge/gateway-result.ts';
import { routeTable } from '../../../../functions/route-table.ts';
import type { GatewayRoute } from '../../../../local/gateway/options.ts';
import { selectRoute } from '../../../../local/gateway/route-selection.ts';
import { socketNamed } from '../../../unit/core/support/cast.ts';
import { newWorld, type World } from '../../../unit/core/support/world.ts';
import { api, connectEvent, messageEvent } from '../../../unit/edge/support/gateway-calls.ts';
import { filled } from './broken.ts';
import type { Input } from './inputs.ts';
import { sockets } from './people.ts';
import { type Changed, changesBetween, type Owners, type Rows, rowsOf } from './rows.ts';
import type { Tokens } from './tokens.ts';

/** What one input has led to, in the rows, on the sockets and in what is written down of it. */
export type Effects = {
  readonly before: Rows;
  readonly after: Rows;
  readonly changed: readonly Changed[];
  readonly posted: World['gateway']['posted'];
  readonly closed: readonly string[];
  readonly events: World['events'];
};
export type Result = {
  readonly from: string;
  /** The `sub` of the user on the socket. */
  readonly principal: string;
  readonly route: string;
  readonly text: string;
  readonly answer: GatewayResult;
  readonly effects: Effects;
};

export type Stage = Awaited<ReturnType<typeof newStage>>;
type Call = ReturnType<typeof api>;
/** A fault between the gateway and the functions, or between them and the stores. */
export type Plant = {
  readonly call?: (call: Call, world: World) => Call;
  readonly world?: (world: World) => World;
};
type Given = {
  readonly tokens: Tokens;
  readonly verifier: TokenVerifier;
  readonly plant?: Plant;
};

/** What the gateway answers by itself is no input of ours. */
const gatewayRoutes = new Map<string, GatewayRoute>(
  Object.keys(routeTable).map((key) => [
    key,
    { integration: { type: 'mock' }, respondsToCaller: false } satisfies GatewayRoute,
  ]),
);
const isMock = (route: string) =>
  Object.entries(routeTable).some(([key, { integration }]) => key === route && integration.type === 'mock');

/**
 * Three robots of two fleets and five people with six sessions, some of whom watch; come in by the real
 * routes, with real tokens and the real verifier, over the stores in memory.
 */
export async function newStage({ tokens, verifier, plant = {} }: Given) {
  const made = newWorld();
  const real: World = { ...made, deps: { ...made.deps, verifier, ids: randomIds } };
  const world = plant.world?.(real) ?? real;
  const honest = api(world);
  const call = plant.call?.(honest, world) ?? honest;
  const owners: Owners = { clients: new Map(), sockets: new Map() };
  const send = (from: string, action: string, fields: object = {}) =>
    honest(messageEvent(action, { action, ...fields }, from));

  for (const { name, who, isSilent } of sockets) {
    const headers = { Authorization: `Bearer ${tokens.of(who).entry}` };
    const { statusCode } = await honest(connectEvent({ headers }, name));
    if (statusCode !== 200) throw new Error(`${name} was not let in: ${statusCode}`);
    if (isSilent !== true) await send(name, 'hello', { protocol: 1 });
  }
  for (const [from, robotId, mode] of [
    ['operator-1', 'rover-1', 'control'],
    ['operator-2', 'rover-1', 'view'],
    ['other-tab', 'rover-2', 'control'],
    ['viewer-1', 'rover-2', 'view'],
    ['operator-9', 'rover-8', 'control'],
    ['admin-1', 'rover-8', 'view'],
  ] as const) {
    await send(from, 'openSession', { robotId, mode });
  }
  await send('operator-2', 'watchRobots');
  await send('operator-9', 'watchRobots');
  await send('viewer-1', 'watchRobots', { robotIds: ['rover-2'] });
  if (made.state.sessions.size !== 6) throw new Error('Not all sessions were opened');

  const fill = filling(made, tokens);
  return {
    world: made,
    owners,
    /** Undefined where the gateway answers by itself. */
    async play(input: Input): Promise<Result | undefined> {
      const text = fill(input.text, input.from);
      const route = input.route ?? selectRoute(text, gatewayRoutes) ?? '$default';
      if (isMock(route)) return undefined;
      const principal = sockets.find(({ name }) => name === input.from)?.who.principalId ?? 'nobody';
      const act = () => call(messageEvent(route, text, input.from));
      const { answer, effects } = await watched(act);
      return {
        from: input.from,
        principal,
        route: route.startsWith('$') ? '$default' : route,
        text,
        answer,
        effects,
      };
    },
    watched,
    call,
  };

  /** Sockets that were closed are told of as the gateway does it, within the same effects. */
  async function watched(
    act: () => Promise<GatewayResult>,
  ): Promise<{ answer: GatewayResult; effects: Effects }> {
    const { gateway, state, events } = made;
    const before = rowsOf(state, owners);
    const marks = { posted: gateway.posted.length, closed: gateway.closed.length, events: events.length };
    const answer = await act();
    const closed = gateway.closed.slice(marks.closed);
    for (const each of closed) {
      const { body: _, ...gone } = messageEvent('$disconnect', '', each);
      await call({ ...gone, requestContext: { ...gone.requestContext, eventType: 'DISCONNECT' } });
    }
    const after = rowsOf(state, owners);
    const effects = {
      before,
      after,
      changed: changesBetween(before, after),
      posted: gateway.posted.slice(marks.posted),
      closed,
      events: events.slice(marks.events),
    };
    return { answer, effects };
  }
}

/** Puts what is known at this moment in the place of what the input could only name. */
function filling(world: World, tokens: Tokens) {
  const at = (list: readonly string[], index: number) => list[index % Math.max(1, list.length)] ?? 'none';
  const sessionsOf = (from: string) => {
    const client = world.state.connections.get(socketNamed(from).connectionId)?.client?.clientId;
    return world.sessions().filter(({ clientId, robotId }) => clientId === client || robotId === from);
  };
  const keys = (of: (to: string) => boolean) =>
    world.gateway.posted.flatMap(({ to, message }) =>
      message.type === 'welcome' && message.resumeKey !== undefined && of(to) ? [message.resumeKey] : [],
    );
  const userOf = (from: string) => sockets.find(({ name }) => name === from)?.who;

  const value = (what: string, index: number, from: string): string => {
    const own = sessionsOf(from);
    const all = world.sessions();
    const who = userOf(from);
    switch (what) {
      case 'session':
        return at(
          all.map(({ sessionId }) => sessionId),
          index,
        );
      case 'sessionRobot':
      case 'robotOf':
        return at(
          all.map(({ robotId }) => robotId),
          index,
        );
      case 'own':
        return at(
          own.map(({ sessionId }) => sessionId),
          index,
        );
      case 'ownRobot':
        return at(
          own.map(({ robotId }) => robotId),
          index,
        );
      case 'key':
        return at(
          keys(() => true),
          index,
        );
      case 'ownKey':
        return at(
          keys((to) => userOf(to) === who),
          index,
        );
      case 'token':
        return at(tokens.all, index);
      case 'ownToken':
        return at(who === undefined ? [] : tokens.of(who).own, index);
      case 'client':
        return at([...world.state.clients.keys()], index);
      case 'connection':
        return at(
          sockets.map(({ name }) => name),
          index,
        );
      default:
        return at(['rover-1', 'rover-2', 'rover-8', 'rover-9'], index);
    }
  };

  return (text: string, from: string) => filled(text, (what, index) => value(what, index, from));
}
