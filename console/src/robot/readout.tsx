import type { DriveLink } from './drive-link.ts';
import type { RobotMotion } from './drive-messages.ts';

const motionInWords: Readonly<Record<RobotMotion, string>> = {
  standing: 'standing',
  driving: 'driving',
  dead_man: 'stopped by itself: no commands for 500 ms',
  halted: 'stopped by itself: its driver lost control',
  stopped: 'stopped by the button: let go of the controls, then drive on',
};

/** The pose in figures, of even width. */
export function Readout({ link }: { readonly link: DriveLink }) {
  const pose = link.pose.value;
  const figure = (value: number | undefined, digits: number): string =>
    value === undefined ? '–' : (Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value).toFixed(digits);
  return (
    <div class="readout card">
      <dl>
        <Figure name="x" value={figure(pose?.x, 2)} unit="m" />
        <Figure name="y" value={figure(pose?.y, 2)} unit="m" />
        <Figure name="heading" value={figure(pose && (pose.headingRad * 180) / Math.PI, 0)} unit="°" />
        <Figure name="speed" value={figure(pose?.speed, 2)} unit="m/s" />
      </dl>
      <p class="motion" role="status" data-motion={pose?.state}>
        {pose === undefined ? 'no position yet' : motionInWords[pose.state]}
      </p>
    </div>
  );
}

function Figure({
  name,
  value,
  unit,
}: {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span data-figure={name}>{value}</span> {unit}
      </dd>
    </div>
  );
}
