import { type Signal, signal } from '@preact/signals';
import {
  createOperatorEndpoint,
  createSignalingClient,
  type OperatorEndpoint,
  type SignalingClient,
  type TokenSource,
} from '../../client/src/index.ts';
import { followLife, type Life } from './connection/life.ts';
import { createFleet, type Fleet } from './fleet/fleet.ts';
import type { Gateway, Settings } from './settings.ts';

/** Everything that begins with a sign-in and ends with a sign-out. */
export type Workspace = {
  readonly userName: string;
  readonly settings: Settings;
  readonly client: SignalingClient;
  readonly endpoint: OperatorEndpoint;
  readonly life: Life;
  readonly fleet: Fleet;
  /** Where the next connection goes. */
  readonly gateway: Signal<Gateway>;
};

/** Connects; what it tells is seen in `life`. */
export function openWorkspace(of: {
  readonly userName: string;
  readonly settings: Settings;
  readonly tokens: TokenSource;
}): Workspace {
  const [first] = of.settings.gateways;
  if (first === undefined) throw new RangeError('Settings have at least one gateway.');
  const gateway = signal(first);
  const client = createSignalingClient({
    url: () => gateway.peek().url,
    tokens: of.tokens,
    agent: 'heliograph-console',
  });
  const endpoint = createOperatorEndpoint(client);
  const life = followLife(client);
  const fleet = createFleet({ client, endpoint });
  client.start();
  return { userName: of.userName, settings: of.settings, client, endpoint, life, fleet, gateway };
}

/** Operators and admins may drive; viewers may look on. */
export function mayDrive({ life }: Workspace): boolean {
  return life.groups.value.some((group) => group === 'operators' || group === 'admins');
}

export function isAdmin({ life }: Workspace): boolean {
  return life.groups.value.includes('admins');
}
