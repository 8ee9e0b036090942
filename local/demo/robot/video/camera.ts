import { MediaStreamTrack, type RTCPeerConnection } from 'werift';
import type { Pose } from '../kinematics.ts';
import { type Picture, paintScene } from './scene.ts';
import { createVp8Encoder, type Vp8Encoder } from './vp8-encoder.ts';
import { packetise } from './vp8-packets.ts';

const size = { width: 320, height: 180 };
const framesPerSecond = 12;
const bitsPerSecond = 350_000;
const ticksPerSecond = 90_000;

export type Camera = {
  /** Sends the picture to this peer as soon as it asks for video, until it closes. */
  showTo(connection: RTCPeerConnection): void;
  stop(): Promise<void>;
};

/** The rover's camera: one encoder for all who watch, which works only while somebody does. */
export function createCamera(of: {
  readonly look: () => Pose;
  readonly onFailure: (failure: unknown) => void;
}): Camera {
  const picture: Picture = { ...size, data: new Uint8Array((size.width * size.height * 3) / 2) };
  const watching = new Map<MediaStreamTrack, { canSend: () => boolean }>();
  let encoder: Promise<Vp8Encoder> | undefined;
  let wantsKey = true;
  let sequenceNumber = 0;
  let isBusy = false;

  async function shoot(): Promise<void> {
    if (isBusy || ![...watching.values()].some(({ canSend }) => canSend())) return;
    isBusy = true;
    try {
      encoder ??= createVp8Encoder({ ...size, framesPerSecond, bitsPerSecond });
      const ready = await encoder;
      paintScene(picture, of.look());
      const forceKey = wantsKey;
      wantsKey = false;
      const timestamp = Math.round((performance.now() * ticksPerSecond) / 1000) % 0x1_0000_0000;
      for (const { data } of await ready.encode(picture, { forceKey })) send(data, timestamp);
    } finally {
      isBusy = false;
    }
  }

  function send(frame: Uint8Array, timestamp: number): void {
    const packets = packetise(frame, { timestamp, firstSequenceNumber: sequenceNumber });
    sequenceNumber = (sequenceNumber + packets.length) % 0x1_0000;
    for (const track of watching.keys()) for (const packet of packets) track.writeRtp(packet);
  }

  const shutter = setInterval(() => void shoot().catch(of.onFailure), 1_000 / framesPerSecond);

  return {
    showTo(connection) {
      connection.onRemoteTransceiverAdded.subscribe((transceiver) => {
        if (transceiver.kind !== 'video') return;
        const track = new MediaStreamTrack({ kind: 'video' });
        transceiver.setDirection('sendonly');
        void transceiver.sender.replaceTrack(track);
        watching.set(track, { canSend: () => connection.connectionState === 'connected' });
        transceiver.sender.onPictureLossIndication.subscribe(() => {
          wantsKey = true;
        });
        connection.connectionStateChange.subscribe((state) => {
          if (state === 'connected') wantsKey = true;
          if (state === 'closed' || state === 'failed') watching.delete(track);
        });
      });
    },
    async stop() {
      clearInterval(shutter);
      watching.clear();
      await (await encoder)?.close();
    },
  };
}
