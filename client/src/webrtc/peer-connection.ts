import { isRecord } from '../wire/guards.ts';
import type { IceServer } from '../wire/messages.ts';

export type Description = { readonly type: 'offer' | 'answer'; readonly sdp: string };

export type Candidate = {
  readonly candidate: string;
  readonly sdpMid?: string | null;
  readonly sdpMLineIndex?: number | null;
  readonly usernameFragment?: string | null;
};

/** What is used of an RTCPeerConnection: a browser's has it, and werift's. */
export type PeerConnectionLike = {
  readonly signalingState: string;
  readonly connectionState: string;
  readonly remoteDescription: unknown;
  createOffer(): Promise<{ sdp?: string | undefined }>;
  createAnswer(): Promise<{ sdp?: string | undefined }>;
  setLocalDescription(description: Description): Promise<unknown>;
  setRemoteDescription(description: Description): Promise<unknown>;
  addIceCandidate(candidate: Candidate): Promise<unknown>;
  restartIce(): void;
  getConfiguration?(): object;
  setConfiguration?(configuration: { iceServers: IceServer[] }): unknown;
  close(): unknown;
  onicecandidate: ((event: never) => unknown) | null | undefined;
  onnegotiationneeded: ((event: never) => unknown) | null | undefined;
  onconnectionstatechange: ((event: never) => unknown) | null | undefined;
};

/** `data` of an offer or an answer, if it is one. */
export function sdpOf(data: unknown): string | undefined {
  return isRecord(data) && typeof data.sdp === 'string' && data.sdp !== '' ? data.sdp : undefined;
}

/** `data` of a candidate signal: one or an array. What is none is left out, and so are the empty ones, which only say that there are no more. */
export function candidatesOf(data: unknown): Candidate[] {
  return (Array.isArray(data) ? data : [data]).filter(isCandidate);
}

function isCandidate(value: unknown): value is Candidate {
  if (!isRecord(value) || typeof value.candidate !== 'string' || value.candidate === '') return false;
  const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = value;
  return (
    (sdpMid === null || typeof sdpMid === 'string') &&
    (sdpMLineIndex === null || Number.isInteger(sdpMLineIndex)) &&
    (usernameFragment === null || typeof usernameFragment === 'string')
  );
}

/** What an ICE candidate event brings: a browser's has `toJSON`, an absent one is the end. */
export function candidateOf(event: unknown): unknown {
  const found = isRecord(event) ? event.candidate : undefined;
  if (typeof found !== 'object' || found === null) return undefined;
  return 'toJSON' in found && typeof found.toJSON === 'function' ? found.toJSON() : found;
}
