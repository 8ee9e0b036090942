import { setTimeout as pause } from 'node:timers/promises';
import {
  createOperatorEndpoint,
  createRobotEndpoint,
  type Random,
  type Session,
  type SignalingOptions,
} from '../../../../client/src/node.ts';
import { untilStatus } from '../sdk.ts';
import type { Target } from '../target.ts';
import { between } from './between.ts';
import { createPeer, type Peer } from './peer.ts';

/** One way of a session: what was sent, and what the other side was given. */
export type Way = { readonly name: string; sent: number; readonly heard: number[] };

type Talk = { readonly everyMs: number; readonly random: Random; readonly until: AbortSignal };
type Side = { readonly session: Session; readonly way: Way; readonly peer: Peer };

/** A robot and an operator in one session, which number what they say to each other. */
export type Pair = {
  readonly peers: readonly [Peer, Peer];
  readonly ways: readonly [Way, Way];
  /** Connects both, and opens the session. */
  open(): Promise<void>;
  /** Both say their next number now and then, until it is aborted. */
  talk(of: Talk): Promise<void>;
  close(): void;
};

export function createPair(
  to: Target,
  names: { readonly robot: string; readonly operator: string },
  options: Partial<SignalingOptions>,
): Pair {
  const robot = createPeer(to, names.robot, options);
  const operator = createPeer(to, names.operator, options);
  const down: Way = { name: `${operator.name} to ${robot.name}`, sent: 0, heard: [] };
  const up: Way = { name: `${robot.name} to ${operator.name}`, sent: 0, heard: [] };
  const served = Promise.withResolvers<Session>();
  const sides: Side[] = [];

  createRobotEndpoint(robot.client, {
    onSession(session) {
      attend(session, down, robot);
      served.resolve(session);
      return 'accept';
    },
  });
  const endpoint = createOperatorEndpoint(operator.client);

  return {
    peers: [robot, operator],
    ways: [down, up],
    async open() {
      robot.client.start();
      await untilStatus(robot.client, 'ready');
      operator.client.start();
      await untilStatus(operator.client, 'ready');
      const opened = await endpoint.open(names.robot, 'control');
      attend(opened, up, operator);
      sides.push({ session: opened, way: down, peer: operator });
      sides.push({ session: await served.promise, way: up, peer: robot });
    },
    async talk(of) {
      await Promise.all(sides.map((side) => sayNumbers(side, of)));
    },
    close() {
      for (const { client } of [operator, robot]) client.close();
    },
  };
}

async function sayNumbers({ session, way, peer }: Side, of: Talk): Promise<void> {
  while (!of.until.aborted) {
    try {
      session.send('custom', way.sent + 1);
      way.sent += 1;
    } catch (failure) {
      peer.story.wrongs.push(`could not send: ${failure instanceof Error ? failure.name : 'unknown'}`);
      return;
    }
    const ms = between(of.random, [of.everyMs * 0.5, of.everyMs * 1.5]);
    await pause(ms, undefined, { signal: of.until }).catch(() => undefined);
  }
}

function attend(session: Session, way: Way, { story }: Peer): void {
  session.on('signal', ({ data }) => way.heard.push(Number(data)));
  session.on('lost', (lost) => {
    if (lost.isGivenUp) story.wrongs.push(`lost ${lost.direction} ${lost.from} to ${lost.to}`);
  });
  session.on('mode', (mode) => story.wrongs.push(`mode became ${mode}`));
  session.on('closed', (why) => story.wrongs.push(`session ended: ${why}`));
}
