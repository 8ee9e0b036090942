import { now } from '../page/now.ts';
import { clockOf, inWords } from '../page/words.ts';
import type { Workspace } from '../workspace.ts';

const clockIsOffMs = 60_000;

/** How the connection lives: its token, its age, what befell it. */
export function ConnectionPanel({ workspace }: { readonly workspace: Workspace }) {
  const { life } = workspace;
  // Of a connection that has ended for good nothing is left to count.
  const times = life.state.value.status === 'closed' ? undefined : life.times.value;
  const serverNow = now.value + life.clockOffsetMs.value;
  const offMs = life.clockOffsetMs.value;
  return (
    <section class="card panel" aria-labelledby="connection-title">
      <h2 id="connection-title">Connection</h2>
      {Math.abs(offMs) > clockIsOffMs && (
        <p class="banner warn">
          The clock of this machine is {inWords(Math.abs(offMs))} {offMs > 0 ? 'behind' : 'ahead of'} the
          server's. It is allowed for here; set it right for other programs.
        </p>
      )}
      {times !== undefined && (
        <>
          <Meter
            label="Token"
            left={times.tokenExpiresAt - serverNow}
            total={times.tokenLeftMs}
            text={`${clockOf(times.tokenExpiresAt - serverNow)} left, refreshed in ${clockOf(times.refreshAt - serverNow)}`}
          />
          <Meter
            label="Age"
            left={serverNow - times.connectedAt}
            total={times.connectionExpiresAt - times.connectedAt}
            text={`${clockOf(serverNow - times.connectedAt)}, moves on within ${clockOf(times.connectionExpiresAt - serverNow)}`}
          />
        </>
      )}
      <dl class="counts">
        <Count name="refreshes" value={life.refreshes.value} />
        <Count name="resumes" value={life.resumes.value} />
        <Count name="roll-overs" value={life.rollOvers.value} />
      </dl>
      <h3 id="events-title">What has happened</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard, too. */}
      <ol class="events" aria-labelledby="events-title" tabIndex={0}>
        {life.notes.value.map(({ id, at, text, kind }) => (
          <li key={id} class={kind}>
            <time>{new Date(at).toLocaleTimeString('en-GB')}</time> {text}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Meter({ label, left, total, text }: { label: string; left: number; total: number; text: string }) {
  const id = `meter-${label.toLowerCase()}`;
  return (
    <div class="meter">
      <div class="meter-words">
        <span id={id}>{label}</span>
        <span class="figures">{text}</span>
      </div>
      <progress aria-labelledby={id} max={Math.max(1, total)} value={Math.max(0, Math.min(left, total))} />
    </div>
  );
}

function Count({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-count={name}>{value}</dd>
    </div>
  );
}
