import { useSignal } from '@preact/signals';
import { ServerRefused } from '../../../client/src/index.ts';
import { now } from '../page/now.ts';
import { inWords } from '../page/words.ts';
import { isAdmin, mayDrive, type Workspace } from '../workspace.ts';
import type { CrewMember } from './drive-messages.ts';
import type { Visit, VisitState } from './visit.ts';

type Open = Extract<VisitState, { is: 'open' }>;

/** Who drives, since when, and what this user can do about it. */
export function ControlBar(of: {
  readonly workspace: Workspace;
  readonly visit: Visit;
  readonly open: Open;
}) {
  const { workspace, visit } = of;
  const { session, link } = of.open;
  const told = useSignal('');
  const isMine = visit.mode.value === 'control';
  const members = link.crew.value;
  const driver = members.find(({ mode }) => mode === 'control');
  const nameOf = (sessionId: string | undefined): string =>
    members.find((member) => member.sessionId === sessionId)?.name || 'Somebody';

  async function ask(act: () => Promise<void>, refused: string): Promise<void> {
    told.value = '';
    try {
      await act();
    } catch (failure) {
      told.value =
        failure instanceof ServerRefused && failure.code === 'control_held'
          ? refused
          : 'That did not work at the moment. Try again.';
    }
  }

  const request = (force: boolean): Promise<void> =>
    ask(
      () => session.requestControl(force ? { force } : {}),
      `${driver?.name || 'Somebody'} drives and has been asked. You get control as soon as it is handed over.`,
    );

  return (
    <section class="control-bar card" aria-label="Control">
      <p class="holder" data-mode={visit.mode.value}>
        {holderInWords({ driver, isMine, serverNow: now.value })}
      </p>
      <div class="row">
        {mayDrive(workspace) && !isMine && (
          <button type="button" class="primary" onClick={() => void request(false)}>
            {driver === undefined ? 'Take control' : 'Ask for control'}
          </button>
        )}
        {isMine && (
          <button
            type="button"
            onClick={() => void ask(() => session.releaseControl(), 'That is not yours any more.')}
          >
            Release control
          </button>
        )}
        {isAdmin(workspace) && !isMine && driver !== undefined && (
          <button type="button" class="danger" onClick={() => void request(true)}>
            Force control
          </button>
        )}
      </div>
      {!mayDrive(workspace) && (
        <p class="dim">You may look on. Driving takes the group operators or admins.</p>
      )}
      {isMine && visit.asking.value !== undefined && (
        <div class="banner ask" role="alertdialog" aria-label="Control is asked for">
          <p>{nameOf(visit.asking.value)} asks for control.</p>
          <div class="row">
            <button
              type="button"
              class="primary"
              onClick={() =>
                void ask(() => session.grantControl(visit.asking.value ?? ''), 'That is not yours any more.')
              }
            >
              Hand over
            </button>
            <button
              type="button"
              onClick={() => {
                visit.asking.value = undefined;
              }}
            >
              Keep it
            </button>
          </div>
        </div>
      )}
      <p class="told" role="status">
        {told.value}
      </p>
      <Watching members={members} own={session.sessionId} />
    </section>
  );
}

function holderInWords(of: { driver: CrewMember | undefined; isMine: boolean; serverNow: number }): string {
  const since = of.driver === undefined ? '' : ` for ${inWords(of.serverNow - of.driver.sinceAt)}`;
  if (of.isMine) return `You drive${since}.`;
  return of.driver === undefined ? 'Nobody drives.' : `${of.driver.name || 'Somebody'} drives${since}.`;
}

function Watching({ members, own }: { readonly members: readonly CrewMember[]; readonly own: string }) {
  const others = members.filter(({ sessionId }) => sessionId !== own);
  const names = others.map(({ name }) => name || 'somebody');
  return (
    <p class="dim">{others.length === 0 ? 'Nobody else is here.' : `Also here: ${names.join(', ')}.`}</p>
  );
}
