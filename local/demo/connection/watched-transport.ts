import { type OpenTransport, type TransportEnd, wsTransport } from '../../../client/src/node.ts';

/** A transport that tells when its sockets open and end, for who shows the life of a connection. */
export function watchedTransport(
  hear: { readonly onOpen?: () => void; readonly onEnd?: (end: TransportEnd) => void },
  open: OpenTransport = wsTransport(),
): { readonly transport: OpenTransport; allEnded(): Promise<void> } {
  const sockets = new Set<Promise<void>>();
  return {
    transport(request, events) {
      const ended = Promise.withResolvers<void>();
      sockets.add(ended.promise);
      return open(request, {
        onOpen() {
          hear.onOpen?.();
          events.onOpen();
        },
        onFrame: events.onFrame,
        onEnd(end) {
          sockets.delete(ended.promise);
          hear.onEnd?.(end);
          events.onEnd(end);
          ended.resolve();
        },
      });
    },
    /** When each socket has been closed: only then has all been sent. */
    async allEnded() {
      await Promise.all(sockets);
    },
  };
}
