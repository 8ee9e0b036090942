import { now } from '../page/now.ts';
import { toRobot } from '../page/route.ts';
import { inWords } from '../page/words.ts';
import type { Workspace } from '../workspace.ts';
import type { Robot } from './fleet.ts';

/** All robots that the user may see. */
export function FleetView({ workspace }: { readonly workspace: Workspace }) {
  const { fleet, life } = workspace;
  const robots = fleet.robots.value;
  return (
    <section aria-labelledby="fleet-title">
      <h1 id="fleet-title" tabIndex={-1}>
        Robots
      </h1>
      {fleet.problem.value !== undefined && <p class="banner warn">{fleet.problem.value}</p>}
      {robots === undefined && <p class="placeholder">Looking for robots…</p>}
      {robots?.length === 0 && (
        <p class="placeholder">
          There are no robots that you may see. They share a fleet with you when a group <code>fleet:…</code>{' '}
          has both.
        </p>
      )}
      <ul class="fleet">
        {robots?.map((robot) => (
          <RobotCard key={robot.robotId} robot={robot} serverNow={now.value + life.clockOffsetMs.value} />
        ))}
      </ul>
    </section>
  );
}

function RobotCard({ robot, serverNow }: { readonly robot: Robot; readonly serverNow: number }) {
  const { robotId, state, sinceAt, fleets } = robot;
  return (
    <li class="card robot-card">
      <div class="robot-name">
        <h2>{robotId}</h2>
        <span class="dim">{fleets.length === 0 ? 'no fleet' : fleets.join(', ')}</span>
      </div>
      <span class={`badge ${state}`}>
        <span class="dot" aria-hidden="true" />
        {state}
        {sinceAt !== undefined && ` for ${inWords(serverNow - sinceAt)}`}
      </span>
      <span class="dim driver">{driverInWords(robot, serverNow)}</span>
      {state === 'offline' ? (
        <span class="dim">waits for it to come online</span>
      ) : (
        <a class="button primary" href={toRobot(robotId)}>
          Open<span class="visually-hidden"> {robotId}</span>
        </a>
      )}
    </li>
  );
}

/** Nobody drives a robot that is offline, and nobody can. */
function driverInWords({ state, isControlled, controlledBy }: Robot, serverNow: number): string {
  if (state === 'offline') return 'nobody drives it';
  if (controlledBy === undefined) return isControlled ? 'somebody drives it' : 'free to drive';
  const { userName = 'somebody', sinceAt } = controlledBy;
  return `${userName} drives it, for ${inWords(serverNow - sinceAt)}`;
}
