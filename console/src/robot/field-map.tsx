import { useRef } from 'preact/hooks';
import type { Pose } from './drive-messages.ts';

/** Metres from edge to edge. */
const acrossM = 10;
/** The map moves along when the robot is nearer to its edge than this. */
const marginM = 2;
const trailLength = 600;
const trailStepM = 0.03;

/** Where the robot is in its field, from above: tiles of a metre, and where it came along. */
export function FieldMap({ pose, robotId }: { readonly pose: Pose | undefined; readonly robotId: string }) {
  const trail = useRef<{ x: number; y: number }[]>([]);
  const middle = useRef<{ x: number; y: number } | undefined>(undefined);
  if (pose !== undefined) {
    middle.current = follow(middle.current ?? pose, pose);
    const last = trail.current.at(-1);
    if (last === undefined || Math.hypot(pose.x - last.x, pose.y - last.y) > trailStepM) {
      trail.current = [...trail.current.slice(-trailLength), { x: pose.x, y: pose.y }];
    }
  }
  const { x, y } = middle.current ?? { x: 0, y: 0 };
  // The field's y is up, a picture's is down.
  const box = `${x - acrossM / 2} ${-y - acrossM / 2} ${acrossM} ${acrossM}`;
  const lines = linesAround(x, -y);
  return (
    <figure class="map">
      <svg
        viewBox={box}
        role="img"
        aria-label={pose === undefined ? `${robotId}: no position yet` : mapInWords(robotId, pose)}
      >
        {lines.map(({ key, ...at }) => (
          <line
            key={key}
            {...at}
            class={at.x1 === 0 && at.x2 === 0 ? 'axis' : at.y1 === 0 && at.y2 === 0 ? 'axis' : 'tile'}
          />
        ))}
        <polyline
          class="trail"
          points={trail.current.map((at) => `${at.x.toFixed(3)},${(-at.y).toFixed(3)}`).join(' ')}
        />
        {pose !== undefined && (
          <g transform={`translate(${pose.x} ${-pose.y}) rotate(${(-pose.headingRad * 180) / Math.PI})`}>
            <path class={`rover ${pose.state}`} d="M0.42 0 L-0.28 0.27 L-0.14 0 L-0.28 -0.27 Z" />
          </g>
        )}
      </svg>
      <figcaption class="dim">One tile is a metre.</figcaption>
    </figure>
  );
}

function follow(middle: { x: number; y: number }, pose: Pose): { x: number; y: number } {
  const reach = acrossM / 2 - marginM;
  const along = (from: number, to: number): number => Math.max(to - reach, Math.min(to + reach, from));
  return { x: along(middle.x, pose.x), y: along(middle.y, pose.y) };
}

function linesAround(x: number, y: number) {
  // Beyond the edge, for a picture that is wider than high.
  const half = acrossM;
  const whole = (from: number): number[] =>
    Array.from({ length: 2 * half + 2 }, (_, i) => Math.floor(from - half) + i);
  return [
    ...whole(x).map((at) => ({ key: `x${at}`, x1: at, x2: at, y1: y - half, y2: y + half })),
    ...whole(y).map((at) => ({ key: `y${at}`, x1: x - half, x2: x + half, y1: at, y2: at })),
  ];
}

function mapInWords(robotId: string, { x, y, headingRad }: Pose): string {
  const degrees = Math.round((headingRad * 180) / Math.PI);
  // Coarse, so that a reader is not told of every centimetre.
  return `${robotId} is at ${Math.round(x)} m ahead and ${Math.round(y)} m left of its start, heading ${Math.round(degrees / 10) * 10} degrees`;
}
