import type { GatewayCore } from './gateway-core.ts';
import { invokeIntegration } from './integration.ts';
import { disconnectEvent, type EventSubject } from './lambda-event.ts';
import type { ConnectionEnd } from './open-connection.ts';

/**
 * Invokes `$disconnect` for a connection that has ended: later, at most once, and without anybody learning
 * whether it worked. Best effort on AWS too:
 * https://repost.aws/questions/QUaB-pCJ2eTCSgiPbvcPs6hw/websocket-api-gateway-disconnect-event-reliability
 */
export async function deliverDisconnect(
  core: GatewayCore,
  subject: EventSubject,
  end: ConnectionEnd,
): Promise<void> {
  const { connectionId } = subject;
  const route = core.settings.routes.get('$disconnect');
  if (route === undefined) return;

  const fault = core.faults.takeDisconnect();
  if (fault?.type === 'drop') {
    core.report({ type: 'disconnectDropped', connectionId, why: 'fault' });
    return;
  }
  if (fault?.type === 'delay') core.report({ type: 'disconnectDelayed', connectionId, delayMs: fault.ms });

  const waited = await pause(fault?.ms ?? core.settings.disconnectDelayMs, core.shutDown);
  if (!waited) {
    core.report({ type: 'disconnectDropped', connectionId, why: 'shutdown' });
    return;
  }
  core.report({ type: 'disconnectInvoked', connectionId });
  // A failure is reported there. There is no caller left to answer.
  await invokeIntegration(
    core,
    { integration: route.integration, routeKey: '$disconnect', connectionId },
    disconnectEvent(subject, end),
  );
}

/** False when it was cut short. */
async function pause(ms: number, cutShort: AbortSignal): Promise<boolean> {
  if (cutShort.aborted) return false;
  const done = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => done.resolve(true), ms);
  const stop = () => done.resolve(false);
  cutShort.addEventListener('abort', stop, { once: true });
  const waited = await done.promise;
  clearTimeout(timer);
  cutShort.removeEventListener('abort', stop);
  return waited;
}
