import { useSignal } from '@preact/signals';
import type { Local } from '../settings.ts';
import type { Workspace } from '../workspace.ts';

type Order = Readonly<Record<string, string>> & { readonly what: string };
type Item = {
  readonly name: string;
  /** What to watch for. */
  readonly outlook: string;
  readonly order: (workspace: Workspace, robotId: string | undefined) => Order | undefined;
  readonly after?: (workspace: Workspace) => void;
};

const mine = (what: string) => (workspace: Workspace) => ({
  what,
  connectionId: workspace.life.connectionId.peek(),
});

const items: readonly Item[] = [
  {
    name: 'Cut the socket',
    outlook: 'The page comes back to its sessions; driving goes on by the peer connection meanwhile.',
    order: mine('cut'),
  },
  {
    name: 'Leave it half-open',
    outlook:
      'Nothing arrives and nobody says so. The heartbeat finds out within 30 s while a session is open.',
    order: mine('halfOpen'),
  },
  {
    name: 'Expire the token',
    outlook:
      'The next request is refused; the token is refreshed on the open connection, the request repeated, and what was not told meanwhile is learned by a fresh connection.',
    order: mine('expireToken'),
    after: (workspace) => void workspace.fleet.refresh(),
  },
  {
    name: 'Revoke me',
    outlook: 'All your connections are cut within 5 s, and this page says why.',
    order: (workspace) => ({ what: 'revoke', userName: workspace.userName }),
  },
  {
    name: "Kill the robot's socket",
    outlook: 'The robot is away for a moment and comes back; the picture and the driving go on.',
    order: (_, robotId) => (robotId === undefined ? undefined : { what: 'cutRobot', robotId }),
  },
  {
    name: 'Drop the next $disconnect',
    outlook:
      'The next connection that ends is not told to the server. Cut the socket after it: nothing is confused.',
    order: () => ({ what: 'dropNextDisconnect' }),
  },
  {
    name: 'Fail the identity service for a minute',
    outlook:
      'Nothing happens at first: tokens are checked without it. Refreshes are tried again until it is back.',
    order: () => ({ what: 'failIdentity' }),
  },
];

/** For the local stack alone: what can go wrong, on demand. */
export function BreakMenu(of: {
  readonly workspace: Workspace;
  readonly local: Local;
  readonly robotId: string | undefined;
}) {
  const { workspace, robotId } = of;
  const told = useSignal('');

  async function act(item: Item): Promise<void> {
    const order = item.order(workspace, robotId);
    if (order === undefined) return;
    workspace.life.note(`You broke something: ${item.name.toLowerCase()}.`, 'warn');
    const response = await fetch(of.local.breakUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    }).catch(() => undefined);
    told.value =
      response === undefined
        ? 'The local stack does not answer. Does npm start still run?'
        : response.ok
          ? item.outlook
          : response.status === 404
            ? 'That could not be broken: it is gone already.'
            : 'That did not work. While the identity service fails, nobody can be revoked: wait for its minute to pass.';
    item.after?.(workspace);
  }

  async function switchRegion(): Promise<void> {
    const { gateways } = workspace.settings;
    const other = gateways.find(({ url }) => url !== workspace.gateway.peek().url);
    if (other === undefined) return;
    workspace.gateway.value = other;
    workspace.life.note(`From now on by ${other.name}.`, 'info');
    await act({
      name: 'Cut the socket',
      outlook: `The next connection goes to ${other.name}.`,
      order: mine('cut'),
    });
  }

  return (
    <details class="card panel break">
      <summary>Break something</summary>
      <p class="dim">Only here, on the local stack. Watch what the console says.</p>
      <p class="told" role="status">
        {told.value}
      </p>
      <ul>
        {items.map((item) => {
          const isImpossible = item.order(workspace, robotId) === undefined;
          return (
            <li key={item.name}>
              <button type="button" disabled={isImpossible} onClick={() => void act(item)}>
                {item.name}
              </button>
              {isImpossible && <span class="dim"> open a robot first</span>}
            </li>
          );
        })}
        <li>
          <button
            type="button"
            disabled={workspace.settings.gateways.length < 2}
            onClick={() => void switchRegion()}
          >
            Switch region
          </button>
          {workspace.settings.gateways.length < 2 && (
            <span class="dim">
              {' '}
              needs <code>npm start -- --regions 2</code>
            </span>
          )}
        </li>
      </ul>
    </details>
  );
}
