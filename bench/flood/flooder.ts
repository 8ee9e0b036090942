import { parentPort, workerData } from 'node:worker_threads';
import { payloads } from '../messages/contender.ts';
import { heliograph } from '../messages/heliograph.ts';
import { routeWatch } from '../stack/route-watch.ts';
import type { FloodCounts, FloodOrder, FloodTokens } from './flood.ts';

/** The one that floods: ten times as many a second as one connection may send. */
const perSecond = 1_000;
const everyMs = 10;

const { url, tokens }: { url: string; tokens: FloodTokens } = workerData;
const tokenOf = async (userName: string): Promise<string> => {
  const token = tokens[userName];
  if (token === undefined) throw new Error(`${userName} has no token here.`);
  return token;
};
const { robot, client, key } = await heliograph({ tokenOf }, { url, watch: routeWatch() }).pair(0);

const counts = { sent: 0, passedOn: 0, rateLimited: 0 };
robot.hear(({ type }) => {
  if (type === 'signal') counts.passedOn += 1;
});
client.hear(({ type, code }) => {
  if (type === 'error' && code === 'rate_limited') counts.rateLimited += 1;
});

let timer: NodeJS.Timeout | undefined;

function send(): void {
  for (let each = 0; each < (perSecond * everyMs) / 1_000; each += 1) {
    counts.sent += 1;
    client.send({ action: 'signal', ...key, seq: counts.sent, kind: 'candidate', data: payloads.candidate });
  }
}

const tell = (told: FloodCounts) => parentPort?.postMessage(told);
parentPort?.on('message', (order: FloodOrder) => {
  clearInterval(timer);
  if (order === 'begin') timer = setInterval(send, everyMs);
  if (order === 'count') tell(counts);
});
tell(counts);
