import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorSession } from '../../../client/src/node.ts';

const everyMs = 20;
const patienceMs = 15_000;

/** Numbered signals to a robot that sends back what it hears. */
export function startDialogue(session: OperatorSession) {
  const heard: unknown[] = [];
  let sent = 0;
  session.on('signal', ({ data }) => heard.push(data));

  return {
    /** Sends so many more, and does something half-way. */
    async say(count: number, halfWay: () => void = () => undefined) {
      for (let i = 1; i <= count; i++) {
        session.send('custom', ++sent);
        if (i === Math.ceil(count / 2)) halfWay();
        await sleep(everyMs);
      }
    },

    /** Waits for the answers to all of them. What is wrong with them, or how well it went. */
    async verdict(): Promise<string> {
      const deadline = performance.now() + patienceMs;
      while (heard.length < sent && performance.now() < deadline) await sleep(everyMs);
      const expected = Array.from({ length: sent }, (_, i) => JSON.stringify({ heard: i + 1 }));
      const isRight = heard.length === sent && heard.every((data, i) => JSON.stringify(data) === expected[i]);
      if (!isRight) throw new Error(`Of ${sent} signals ${heard.length} came back, or not in their order.`);
      return `${sent} signals sent, ${sent} answered: none lost, none twice, all in order`;
    },
  };
}
