import type { GatewayRoute } from './options.ts';

/**
 * Evaluates `$request.body.action`. Returns the key of the route to invoke, or undefined when there is neither
 * a matching route nor a `$default`.
 *
 * The selected value is stringified, and whatever cannot be evaluated or matched goes to `$default`:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 *
 * What AWS does with `{"action": "$connect"}` is written nowhere. A frame must never reach the handler that
 * authenticates, nor the one that releases, so it counts as unmatched here.
 */
export function selectRoute(text: string, routes: ReadonlyMap<string, GatewayRoute>): string | undefined {
  const action = actionOf(text);
  if (action !== undefined && !CONNECTION_ROUTES.has(action) && routes.has(action)) return action;
  return routes.has('$default') ? '$default' : undefined;
}

const CONNECTION_ROUTES: ReadonlySet<string> = new Set(['$connect', '$disconnect']);

function actionOf(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  if (!Object.hasOwn(body, 'action') || !('action' in body)) return undefined;
  const action = body.action;
  switch (typeof action) {
    case 'string':
      return action;
    case 'number':
    case 'boolean':
      return String(action);
    default:
      return undefined;
  }
}
