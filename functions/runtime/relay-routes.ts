import type { RoutesOf } from '../route-table.ts';
import { signalRoute } from '../routes/signal.ts';

/** What the relay function serves. */
export const relayRoutes = { signal: signalRoute } satisfies Record<RoutesOf<'relay'>, unknown>;
