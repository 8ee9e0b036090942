import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../../../client/src/node.ts';
import type { LocalGateway } from '../../../../local/gateway/gateway.ts';
import { between } from './between.ts';
import type { Pair } from './pair.ts';
import type { Hit } from './peer.ts';

/** Each way comes once in so many hits of a pair. */
const deck: readonly Hit[] = [
  'cut',
  'cut, $disconnect lost',
  'cut, $disconnect late',
  'half-open',
  'half-open',
];

/** Whole decks, one after the other, each shuffled. */
function* shuffled(random: Random): Generator<Hit, never> {
  for (;;) {
    const left = [...deck];
    while (left.length > 0) yield* left.splice(Math.floor(random() * left.length), 1);
  }
}

export type HitCounts = Record<Hit, number>;

/** Hits one of the two again and again, in one of the ways in which networks do it, until it is aborted. */
export async function troublePair(
  pair: Pair,
  of: {
    readonly gateway: LocalGateway;
    readonly random: Random;
    readonly everyMs: readonly [number, number];
    readonly until: AbortSignal;
    readonly counts: HitCounts;
  },
): Promise<void> {
  const hits = shuffled(of.random);
  // One that met nobody is not lost: it comes first the next time, or a run could end without one kind.
  const due: Hit[] = [];
  for (;;) {
    const rested = await pause(between(of.random, of.everyMs), true, { signal: of.until }).catch(() => false);
    if (!rested) return;
    // Drawn in any case, so that the plan of a seed is the same whatever state anybody is in.
    const peer = pair.peers[of.random() < 0.5 ? 0 : 1];
    due.push(hits.next().value);
    const lateMs = between(of.random, of.everyMs);
    const connectionId = peer.connectionId();
    const [hit] = due;
    if (connectionId === undefined || hit === undefined) continue;
    if (strike({ gateway: of.gateway, connectionId, hit, lateMs })) {
      due.shift();
      peer.wasHit(hit);
      of.counts[hit] += 1;
    }
  }
}

function strike(of: { gateway: LocalGateway; connectionId: string; hit: Hit; lateMs: number }): boolean {
  const { faults } = of.gateway;
  if (!of.gateway.connections().some(({ connectionId }) => connectionId === of.connectionId)) return false;
  if (of.hit === 'half-open') return faults.halfOpen(of.connectionId);
  if (of.hit === 'cut, $disconnect lost') faults.dropNextDisconnect();
  if (of.hit === 'cut, $disconnect late') faults.delayNextDisconnect(of.lateMs);
  return faults.cut(of.connectionId);
}
