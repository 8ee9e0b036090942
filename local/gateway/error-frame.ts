import { newGatewayId } from './gateway-ids.ts';

/**
 * What a client is told when the gateway itself answers. Real ones:
 * "Internal server error" https://github.com/nearst/laconia/issues/41 and, without any route response,
 *                         https://github.com/aws/aws-cdk/issues/18208
 * "Endpoint request timed out" https://github.com/aws/chalice/issues/1406
 * "Forbidden"             https://github.com/aws-samples/simple-websockets-chat-app/issues/24
 */
export type GatewayErrorMessage = 'Forbidden' | 'Internal server error' | 'Endpoint request timed out';

export function errorFrame(message: GatewayErrorMessage, connectionId: string): string {
  return `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${newGatewayId()}"}`;
}
