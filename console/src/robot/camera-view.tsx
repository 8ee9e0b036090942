import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** Longer than a key frame takes on a poor network. */
const patienceMs = 6_000;

/** The robot's picture; says so when there is none. */
export function CameraView({
  stream,
  robotId,
}: {
  readonly stream: MediaStream | undefined;
  readonly robotId: string;
}) {
  const video = useRef<HTMLVideoElement>(null);
  const status = useSignal<'waiting' | 'playing' | 'none'>('waiting');
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream ?? null;
    status.value = 'waiting';
    if (stream !== undefined) element.play().catch(() => undefined);
    const giveUp = setTimeout(() => {
      if (status.peek() === 'waiting') status.value = 'none';
    }, patienceMs);
    return () => clearTimeout(giveUp);
  }, [stream]);
  return (
    <figure class="camera">
      <video
        ref={video}
        muted
        autoplay
        playsInline
        aria-label={`What ${robotId} sees`}
        onPlaying={() => {
          status.value = 'playing';
        }}
      />
      {status.value !== 'playing' && (
        <p class="over">
          {status.value === 'waiting'
            ? 'Waiting for the picture…'
            : 'No picture from this robot. Driving and the map work without it.'}
        </p>
      )}
    </figure>
  );
}
