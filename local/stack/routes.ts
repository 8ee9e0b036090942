import { routeTable } from '../../functions/route-table.ts';
import { connectionFunction } from '../../functions/runtime/connection.ts';
import type { Overrides } from '../../functions/runtime/dependencies.ts';
import { relayFunction } from '../../functions/runtime/relay.ts';
import { sessionsFunction } from '../../functions/runtime/sessions.ts';
import type { GatewayRoute } from '../gateway/gateway.ts';

/** The route table with this region's functions behind it: what the deployed API is built from, too. */
export function localRoutes(
  environment: Readonly<Record<string, string>>,
  overrides: Overrides,
): ReadonlyMap<string, GatewayRoute> {
  const functions = {
    connection: connectionFunction(environment, overrides),
    sessions: sessionsFunction(environment, overrides),
    relay: relayFunction(environment, overrides),
  };
  return new Map(
    Object.entries(routeTable).map(([routeKey, { integration, responds }]) => [
      routeKey,
      {
        respondsToCaller: responds,
        integration:
          integration.type === 'mock'
            ? integration
            : { type: 'lambda', invoke: functions[integration.function] },
      },
    ]),
  );
}
