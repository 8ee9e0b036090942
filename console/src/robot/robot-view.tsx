import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { now } from '../page/now.ts';
import { toFleet } from '../page/route.ts';
import type { Workspace } from '../workspace.ts';
import { CameraView } from './camera-view.tsx';
import { ControlBar } from './control-bar.tsx';
import { type Controls, listenToControls } from './controls.ts';
import { type DriveLink, pressStop } from './drive-link.ts';
import { FieldMap } from './field-map.tsx';
import { LinkChart } from './link-chart.tsx';
import { startPilot } from './pilot.ts';
import { Readout } from './readout.tsx';
import { Stick } from './stick.tsx';
import { type Visit, type VisitState, visit } from './visit.ts';

/** One robot: what it sees, where it is, who drives it, and the controls. */
export function RobotView({
  workspace,
  robotId,
}: {
  readonly workspace: Workspace;
  readonly robotId: string;
}) {
  const visiting = useMemo(() => visit(workspace, robotId), [workspace, robotId]);
  useEffect(() => () => visiting.end(), [visiting]);
  const state = visiting.state.value;
  return (
    <section aria-labelledby="robot-title" class="robot">
      <div class="robot-head">
        <a href={toFleet}>← Robots</a>
        <h1 id="robot-title" tabIndex={-1}>
          {robotId}
        </h1>
      </div>
      <Situation state={state} robotId={robotId} />
      {state.is === 'open' && (
        <Cockpit workspace={workspace} visit={visiting} open={state} robotId={robotId} />
      )}
    </section>
  );
}

function Situation({ state, robotId }: { readonly state: VisitState; readonly robotId: string }) {
  return (
    <div role="status">
      {state.is === 'opening' && <p class="placeholder">Opening a session with {robotId}…</p>}
      {state.is === 'waiting' && <p class="banner warn">{state.why} It is tried again by itself.</p>}
      {state.is === 'refused' && (
        <p class="banner bad">
          {state.why} <a href={toFleet}>See the other robots.</a>
        </p>
      )}
      {state.is === 'open' && state.isAway && (
        <p class="banner warn">
          {robotId} has lost its connection to the server and is waited for. What is open between you goes on.
        </p>
      )}
    </div>
  );
}

function Cockpit(of: {
  readonly workspace: Workspace;
  readonly visit: Visit;
  readonly open: Extract<VisitState, { is: 'open' }>;
  readonly robotId: string;
}) {
  const { link } = of.open;
  const speedLimit = useSignal(0.5);
  const isMine = of.visit.mode.value === 'control';
  const stop = (): void => pressStop(link);
  const controls = useControls({ link, visit: of.visit, stop, speedLimit: () => speedLimit.peek() });
  return (
    <div class="cockpit" data-peers={of.visit.peers.value}>
      <div class="views">
        <CameraView stream={link.video.value} robotId={of.robotId} />
        <FieldMap pose={link.pose.value} robotId={of.robotId} />
      </div>
      <Readout link={link} />
      <ControlBar workspace={of.workspace} visit={of.visit} open={of.open} />
      <section class="card controls" aria-label="Driving">
        <button type="button" class="stop" onClick={stop} disabled={!link.isOpen.value}>
          Stop
        </button>
        {isMine && (
          <>
            <Stick onPush={(push) => controls.value?.stick(push)} />
            <div class="hints">
              <label for="speed-limit">
                Speed limit <output>{speedLimit.value.toFixed(1)} m/s</output>
              </label>
              <input
                id="speed-limit"
                type="range"
                min="0.1"
                max="1"
                step="0.1"
                value={speedLimit.value}
                onInput={({ currentTarget }) => {
                  speedLimit.value = Number(currentTarget.value);
                }}
              />
              <p class="dim">
                Arrow keys or <kbd>W</kbd> <kbd>A</kbd> <kbd>S</kbd> <kbd>D</kbd> drive, <kbd>Space</kbd>{' '}
                stops.{' '}
                {controls.value?.gamepad.value === undefined
                  ? 'No gamepad: plug one in and press a button.'
                  : `Gamepad: ${controls.value.gamepad.value}.`}
              </p>
            </div>
          </>
        )}
        {!isMine && <p class="dim">The stop button is everybody's. To drive, take control first.</p>}
      </section>
      <section class="card link" aria-labelledby="link-title">
        <h2 id="link-title">Link</h2>
        <LinkFigures link={link} />
        <LinkChart quality={link.quality} />
      </section>
    </div>
  );
}

function LinkFigures({ link }: { readonly link: DriveLink }) {
  const { roundTripMs, loss } = link.quality;
  const silentMs = now.value >= 0 && link.isOpen.value ? performance.now() - link.poseAt.peek() : 0;
  return (
    <>
      <p class="figures">
        Round trip {roundTripMs.value === undefined ? '–' : `${Math.round(roundTripMs.value)} ms`}, loss{' '}
        {Math.round(loss.value * 100)} %
      </p>
      {!link.isOpen.value && <p class="dim">Negotiating a path to the robot…</p>}
      {link.isOpen.value && silentMs > 1_500 && (
        <p class="banner warn">Nothing heard from the robot for a moment.</p>
      )}
    </>
  );
}

function useControls(of: {
  readonly link: DriveLink;
  readonly visit: Visit;
  readonly stop: () => void;
  readonly speedLimit: () => number;
}) {
  const controls = useSignal<Controls | undefined>(undefined);
  useEffect(() => {
    const mayDrive = (): boolean => of.visit.mode.peek() === 'control';
    const listening = listenToControls({ isActive: mayDrive, onStop: of.stop });
    const stopPilot = startPilot({ controls: listening, link: of.link, mayDrive, speedLimit: of.speedLimit });
    controls.value = listening;
    return () => {
      stopPilot();
      listening.stop();
      controls.value = undefined;
    };
  }, [of.link]);
  useSignalEffect(() => {
    // Whoever loses control lets go.
    if (of.visit.mode.value === 'view') controls.value?.letGo();
  });
  return controls;
}
