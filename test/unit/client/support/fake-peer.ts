import type {
  Candidate,
  Description,
  PeerConnectionLike,
} from '../../../../client/src/webrtc/peer-connection.ts';

/** A peer connection that keeps the rules of signaling states, and nothing else. */
export class FakePeer implements PeerConnectionLike {
  signalingState = 'stable';
  connectionState = 'new';
  remoteDescription: Description | null = null;
  onicecandidate: ((event: never) => unknown) | null = null;
  onnegotiationneeded: ((event: never) => unknown) | null = null;
  onconnectionstatechange: ((event: never) => unknown) | null = null;
  readonly did: string[] = [];
  readonly candidates: Candidate[] = [];
  configuration: object = { iceTransportPolicy: 'relay' };
  restarts = 0;
  isClosed = false;
  #offers = 0;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  async createOffer() {
    this.#offers += 1;
    return { sdp: `offer ${this.#offers} of ${this.#name}` };
  }

  async createAnswer() {
    if (this.signalingState !== 'have-remote-offer') throw new Error('nothing to answer');
    return { sdp: `answer of ${this.#name} to ${this.remoteDescription?.sdp}` };
  }

  async setLocalDescription({ type, sdp }: Description) {
    if (type === 'offer' && this.signalingState !== 'stable') throw new Error('not stable');
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
    this.did.push(`local ${sdp}`);
  }

  async setRemoteDescription(description: Description) {
    const { type, sdp } = description;
    if (sdp.startsWith('bad')) throw new Error(`cannot parse ${sdp}`);
    if (type === 'answer' && this.signalingState !== 'have-local-offer') throw new Error('no offer');
    if (type === 'offer' && this.signalingState === 'have-local-offer') this.did.push('rollback');
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
    this.remoteDescription = description;
    this.did.push(`remote ${sdp}`);
  }

  async addIceCandidate(candidate: Candidate) {
    if (this.remoteDescription === null) throw new Error('too early');
    if (candidate.candidate === 'bad') throw new Error('bad candidate');
    this.candidates.push(candidate);
  }

  getConfiguration() {
    return this.configuration;
  }

  setConfiguration(configuration: object) {
    this.configuration = configuration;
  }

  restartIce() {
    this.restarts += 1;
    this.needNegotiation();
  }

  close() {
    this.isClosed = true;
  }

  needNegotiation() {
    this.onnegotiationneeded?.({} as never);
  }

  find(candidate: string | null) {
    const found = candidate === null ? null : { candidate, toJSON: () => ({ candidate, sdpMid: '0' }) };
    this.onicecandidate?.({ candidate: found } as never);
  }

  become(state: string) {
    this.connectionState = state;
    this.onconnectionstatechange?.({} as never);
  }
}
