import { once } from 'node:events';
import { WebSocket } from 'ws';
import * as z from 'zod';

const message = z.looseObject({ type: z.string() });
export type Message = z.infer<typeof message>;

/** A WebSocket client with as little of its own as can be, the same for every system that is measured. */
export type Peer = {
  readonly socket: WebSocket;
  send(message: Readonly<Record<string, unknown>>): void;
  /** The next message that matches and that nobody has waited for yet. */
  next(match: (message: Message) => boolean, withinMs?: number): Promise<Message>;
  /** Every message, as it comes, to this function and to nobody else. */
  hear(listener: (message: Message) => void): void;
};

const patienceMs = 60_000;

export async function connectPeer(url: string, token: string): Promise<Peer> {
  const socket = new WebSocket(url, [], { headers: { authorization: `Bearer ${token}` } });
  const waiting = new Set<{ match: (message: Message) => boolean; found: (message: Message) => void }>();
  const kept: Message[] = [];
  let listener: ((message: Message) => void) | undefined;
  socket.on('message', (data) => {
    const parsed = message.parse(JSON.parse(String(data)));
    if (listener !== undefined) return listener(parsed);
    for (const each of waiting) {
      if (!each.match(parsed)) continue;
      waiting.delete(each);
      return each.found(parsed);
    }
    kept.push(parsed);
    // What nobody asks for, as where everybody gets everything.
    if (kept.length > 200) kept.shift();
  });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return {
    socket,
    send: (of) => socket.send(JSON.stringify(of)),
    hear(of) {
      listener = of;
    },
    next(match, withinMs = patienceMs) {
      const at = kept.findIndex(match);
      const [known] = at < 0 ? [] : kept.splice(at, 1);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve, reject) => {
        const each = {
          match,
          found(of: Message) {
            clearTimeout(patience);
            resolve(of);
          },
        };
        const patience = setTimeout(() => {
          waiting.delete(each);
          reject(new Error(`No such message came; there were: ${kept.map(({ type }) => type).join(', ')}`));
        }, withinMs);
        waiting.add(each);
      });
    },
  };
}
