import type { Peer } from '../stack/peer.ts';

/** A robot and a client between whom messages go. */
export type Pair = {
  robot: Peer;
  readonly client: Peer;
  readonly index: number;
  /** What the system wants to be told with each signal. */
  readonly key: Readonly<Record<string, string>>;
};

export type Direction = 'client to robot' | 'robot to client';
export type SignalKind = 'offer' | 'candidate';

/** A signaling system, driven from outside by its sockets. */
export type Contender = {
  /** The pair of this number, ready to negotiate. */
  pair(index: number): Promise<Pair>;
  /** Sends, and waits until it has arrived. */
  signal(pair: Pair, of: { direction: Direction; kind: SignalKind; seq: number }): Promise<void>;
  /** A client of this number comes: until it could be reached. Gives the socket. */
  connect(index: number): Promise<Peer>;
  /** A connection gets a fresh token: where that cannot be, by another connection. */
  refresh(pair: Pair): Promise<void>;
  /** A client goes, and the handler that hears of it has done. */
  disconnect(peer: Peer): Promise<void>;
  /** The robot has lost its socket and comes back: until client and robot can negotiate again. */
  robotReturns(pair: Pair): Promise<void>;
};

export const contenderNames = ['heliograph', 'six reads in sequence', 'scan and fan-out'] as const;
export type ContenderName = (typeof contenderNames)[number];

/** As large as a browser's: an SDP of a data channel and one video track, and one ICE candidate. */
export const payloads: Readonly<Record<SignalKind, unknown>> = {
  offer: { type: 'offer', sdp: 'a=x-line-of-a-session-description\r\n'.repeat(90) },
  candidate: {
    candidate: 'candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 192.0.2.5 rport 46154',
    sdpMid: '0',
    sdpMLineIndex: 0,
    usernameFragment: 'EsAw',
  },
};
