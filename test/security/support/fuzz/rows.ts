import type { MemoryState } from '../../../../functions/adapters/memory/memory-state.ts';
import type { ClientId } from '../../../../protocol/ids.ts';

/** One row of the store, of whichever table, with whose it is: `sub`s of users, `robots` by their user's. */
export type Row = {
  readonly table: 'connections' | 'robots' | 'sessions' | 'clients' | 'directory';
  readonly owners: readonly string[];
  readonly value: Readonly<Record<string, unknown>>;
};
export type Rows = ReadonlyMap<string, Row>;

/** In this world a robot's id is its user's name. */
export const subOfRobot = (robotId: string): string => `sub-of-${robotId}`;

/** Whose clients and sockets there have been; a row that names one may outlive it. */
export type Owners = { readonly clients: Map<ClientId, string>; readonly sockets: Map<string, string> };

const plain = (value: object): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(value, (_, each: unknown) =>
      each instanceof Map || each instanceof Set ? [...each] : each,
    ),
  );

/** Every row that there is. Values are copies. */
export function rowsOf(state: MemoryState, owners: Owners): Rows {
  const rows = new Map<string, Row>();
  const put = (
    key: string,
    table: Row['table'],
    of: { owners: readonly (string | undefined)[]; value: object },
  ) =>
    rows.set(`${table} ${key}`, {
      table,
      owners: of.owners.map((owner) => owner ?? 'nobody'),
      value: plain(of.value),
    });

  for (const [id, { principalId }] of state.clients) owners.clients.set(id, principalId);
  for (const [id, { identity }] of state.connections) owners.sockets.set(id, identity.principalId);
  for (const [key, value] of state.connections) {
    put(key, 'connections', { owners: [value.identity.principalId], value });
  }
  for (const [key, value] of state.robots) put(key, 'robots', { owners: [subOfRobot(key)], value });
  for (const [key, value] of state.sessions) {
    put(key, 'sessions', { owners: [owners.clients.get(value.clientId), subOfRobot(value.robotId)], value });
  }
  for (const [key, value] of state.clients) put(key, 'clients', { owners: [value.principalId], value });
  for (const [topic, watchers] of state.watchers) {
    for (const [id, value] of watchers) {
      put(`watch ${topic} ${id}`, 'directory', { owners: [owners.sockets.get(id)], value });
    }
  }
  for (const [key, at] of state.unsettled) {
    put(`unsettled ${key}`, 'directory', { owners: [subOfRobot(key)], value: { at } });
  }
  for (const [key, value] of state.arrivals) {
    put(`arrival ${key}`, 'directory', { owners: [subOfRobot(key)], value });
  }
  for (const [key, value] of state.revoked) put(`revoked ${key}`, 'directory', { owners: [key], value });
  for (const key of state.revokedSignIns) {
    const [principalId]: unknown[] = JSON.parse(key);
    put(`signIn ${key}`, 'directory', { owners: [String(principalId)], value: {} });
  }
  for (const [fleet, ids] of state.fleets) {
    for (const id of ids) put(`fleet ${fleet} ${id}`, 'directory', { owners: [subOfRobot(id)], value: {} });
  }
  return rows;
}

export type Changed = {
  readonly key: string;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
};

/** Rows that came, went, or differ in a byte. */
export function changesBetween(before: Rows, after: Rows): readonly Changed[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((key) => ({ key, before: before.get(key), after: after.get(key) }))
    .filter((row) => JSON.stringify(row.before) !== JSON.stringify(row.after));
}
