import { type OpenTransport, wsTransport } from '../../../client/src/node.ts';

/** A transport whose newest socket can be lost as networks lose them: at once, with whatever was under way. */
export function cuttable(open: OpenTransport = wsTransport()) {
  let cutNewest = (): void => undefined;
  let opened = 0;
  const transport: OpenTransport = (request, events) => {
    let isCut = false;
    opened += 1;
    const real = open(request, {
      onOpen: () => isCut || events.onOpen(),
      onFrame: (frame) => isCut || events.onFrame(frame),
      onEnd: (end) => isCut || events.onEnd(end),
    });
    cutNewest = () => {
      isCut = true;
      real.close();
      events.onEnd({ code: 1006, status: undefined });
    };
    return {
      send: (text) => {
        if (!isCut) real.send(text);
      },
      close: () => real.close(),
    };
  };
  return { transport, cut: () => cutNewest(), opened: () => opened };
}
