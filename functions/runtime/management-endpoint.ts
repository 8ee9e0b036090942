import { domainOf } from '../adapters/aws/service-endpoint.ts';
import type { GatewayEvent } from '../edge/gateway-event.ts';
import { type Environment, managementEndpointFrom, regionFrom } from './settings.ts';

/**
 * The regional `execute-api` endpoint of the API that an event came through. Not the event's domain
 * name: that may be a custom domain, which can move to another region while this socket stays.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function managementEndpointOf(environment: Environment): (event: GatewayEvent) => string {
  const fixed = managementEndpointFrom(environment);
  if (fixed !== undefined) return () => fixed;
  const region = regionFrom(environment);
  return ({ requestContext: { apiId, stage } }) =>
    `https://${apiId}.execute-api.${region}.${domainOf(region)}/${stage}`;
}
