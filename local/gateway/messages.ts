import { errorFrame } from './error-frame.ts';
import type { GatewayCore } from './gateway-core.ts';
import { invokeIntegration } from './integration.ts';
import { messageEvent } from './lambda-event.ts';
import type { OpenConnection } from './open-connection.ts';
import { selectRoute } from './route-selection.ts';

/**
 * Takes one message of a client through its route. Messages of one connection run concurrently, as on AWS:
 * nobody waits for the end of the one before, and replies can overtake each other. They begin in their order,
 * and where the machine has more to do than it can, connections take turns (ADR 0073).
 */
export async function handleMessage(
  core: GatewayCore,
  connection: OpenConnection,
  text: string,
): Promise<void> {
  const { connectionId } = connection.subject;
  const routeKey = selectRoute(text, core.settings.routes);
  core.report({ type: 'message', connectionId, routeKey, bytes: Buffer.byteLength(text) });
  const route = routeKey === undefined ? undefined : core.settings.routes.get(routeKey);
  if (routeKey === undefined || route === undefined) {
    connection.send(errorFrame('Forbidden', connectionId));
    return;
  }
  // The gateway's own answers wait for nobody.
  const endTurn = route.integration.type === 'mock' ? undefined : await core.turns.take(connectionId);
  const outcome = await invokeIntegration(
    core,
    { integration: route.integration, routeKey, connectionId },
    messageEvent(connection.subject, { routeKey, body: text }),
  );
  endTurn?.();
  switch (outcome.type) {
    case 'answered':
      // "API Gateway will not pass the backend response through to the route response, unless you set up a
      // route response." The status code does not matter: a 500 with a body is sent like any other.
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
      if (route.respondsToCaller && outcome.response.body !== '') connection.send(outcome.response.body);
      return;
    case 'failed':
      connection.send(errorFrame('Internal server error', connectionId));
      return;
    case 'timedOut':
      connection.send(errorFrame('Endpoint request timed out', connectionId));
      return;
  }
}
