/**
 * What the gateway tells its observer. Never a payload, a token, a query string, a close reason chosen by a
 * client or the message of an error: any of them can carry a credential.
 */
export type GatewayEvent =
  | { type: 'connected'; connectionId: string }
  | { type: 'connectRefused'; connectionId?: string; status: number }
  | { type: 'message'; connectionId: string; routeKey: string | undefined; bytes: number }
  | { type: 'closed'; connectionId: string; code: number }
  | { type: 'management'; method: string; connectionId: string; status: number; bytes?: number }
  | {
      type: 'integrationFailed';
      connectionId: string;
      routeKey: string;
      failure: 'threw' | 'malformed' | 'timedOut';
      errorName?: string;
      /** Where it was thrown: the first frame of the stack. */
      thrownAt?: string;
    }
  | { type: 'disconnectInvoked'; connectionId: string }
  | { type: 'disconnectDelayed'; connectionId: string; delayMs: number }
  | { type: 'disconnectDropped'; connectionId: string; why: 'fault' | 'shutdown' };

export type ReportGatewayEvent = (event: GatewayEvent) => void;

/** An observer that throws must not take the gateway down with it. */
export function reportTo(observer: ReportGatewayEvent | undefined): ReportGatewayEvent {
  if (observer === undefined) return () => {};
  return (event) => {
    try {
      observer(event);
    } catch {
      // There is nobody left to tell.
    }
  };
}
