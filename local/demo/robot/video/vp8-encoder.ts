import LibAV from '@libav.js/variant-webm';
import type { Picture } from './scene.ts';

export type EncodedFrame = { readonly data: Uint8Array; readonly isKey: boolean };

export type Vp8Encoder = {
  /** `forceKey`: a picture that needs none before it, for who has just come. */
  encode(picture: Picture, of: { forceKey: boolean }): Promise<readonly EncodedFrame[]>;
  close(): Promise<void>;
};

/** `AV_PICTURE_TYPE_I` of libav. */
const intraPicture = 1;

/** libvpx, compiled to WebAssembly: no native binary is needed for real video. */
export async function createVp8Encoder(of: {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly bitsPerSecond: number;
}): Promise<Vp8Encoder> {
  const libav = await LibAV.LibAV({ noworker: true, nothreads: true });
  // Else libvpx says its version on standard error.
  await libav.av_log_set_level(libav.AV_LOG_ERROR);
  const [, context, frame, packet] = await libav.ff_init_encoder('libvpx', {
    ctx: {
      bit_rate: of.bitsPerSecond,
      pix_fmt: libav.AV_PIX_FMT_YUV420P,
      width: of.width,
      height: of.height,
      // Key frames are made when somebody asks, and every ten seconds.
      gop_size: of.framesPerSecond * 10,
      framerate_num: of.framesPerSecond,
      framerate_den: 1,
    },
    time_base: [1, of.framesPerSecond],
    options: { deadline: 'realtime', 'cpu-used': '8', 'lag-in-frames': '0', 'error-resilient': '1' },
  });
  let count = 0;
  return {
    async encode({ width, height, data }, { forceKey }) {
      const packets = await libav.ff_encode_multi(context, frame, packet, [
        {
          data,
          layout: [
            { offset: 0, stride: width },
            { offset: width * height, stride: width / 2 },
            { offset: (width * height * 5) / 4, stride: width / 2 },
          ],
          format: libav.AV_PIX_FMT_YUV420P,
          width,
          height,
          pts: count,
          ptshi: 0,
          ...(forceKey ? { key_frame: 1, pict_type: intraPicture } : { key_frame: 0, pict_type: 0 }),
        },
      ]);
      count += 1;
      // The first bit of a VP8 frame says that it depends on others (RFC 6386, 9.1).
      return packets.map(({ data: bytes }) => ({ data: bytes, isKey: ((bytes[0] ?? 1) & 1) === 0 }));
    },
    close: () => libav.ff_free_encoder(context, frame, packet),
  };
}
