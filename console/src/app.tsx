import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { BreakMenu } from './break/break-menu.tsx';
import { ConnectionPanel } from './connection/connection-panel.tsx';
import { closedInWords } from './connection/events-in-words.ts';
import { FleetView } from './fleet/fleet-view.tsx';
import { route, toFleet } from './page/route.ts';
import { RobotView } from './robot/robot-view.tsx';
import type { Settings } from './settings.ts';
import { forgetSignIn } from './sign-in/kept-sign-in.ts';
import { leaveForHostedSignIn } from './sign-in/pkce.ts';
import { type SignedIn, SignInView } from './sign-in/sign-in-view.tsx';
import { openWorkspace, type Workspace } from './workspace.ts';

/** The whole page: a sign-in, or what begins with it. */
export function App(of: {
  readonly settings: Settings;
  /** A sign-in that this tab has kept, or that has just come back from the hosted one. */
  readonly signedIn: SignedIn | undefined;
  readonly notice: string | undefined;
}) {
  const { settings } = of;
  const workspace = useSignal<Workspace | undefined>(undefined);
  const notice = useSignal(of.notice);

  function enter(signedIn: SignedIn): void {
    notice.value = undefined;
    workspace.value = openWorkspace({ ...signedIn, settings });
  }

  function leave(why: string | undefined): void {
    const left = workspace.value;
    left?.fleet.stop();
    left?.client.close({ signOut: true });
    forgetSignIn();
    workspace.value = undefined;
    notice.value = why;
    location.hash = toFleet;
  }

  async function goToHosted(): Promise<void> {
    if (settings.hosted === undefined) return;
    const page = location.origin + location.pathname;
    location.assign(
      await leaveForHostedSignIn(settings.hosted, { clientId: settings.identity.clientId, page }),
    );
  }

  useEffect(() => {
    if (of.signedIn !== undefined) enter(of.signedIn);
    // Who closes the tab drives no more: without a goodbye control would wait for a return. A page that is only
    // put aside by the browser may come back as it was.
    const goodbye = ({ persisted }: PageTransitionEvent): void => {
      if (!persisted) workspace.peek()?.client.close();
    };
    addEventListener('pagehide', goodbye);
    return () => removeEventListener('pagehide', goodbye);
  }, []);

  if (workspace.value === undefined) {
    return (
      <SignInView
        settings={settings}
        notice={notice.value}
        onSignedIn={enter}
        onHosted={() => void goToHosted()}
      />
    );
  }
  return <Inside workspace={workspace.value} onLeave={leave} />;
}

function Inside({
  workspace,
  onLeave,
}: {
  readonly workspace: Workspace;
  readonly onLeave: (why: string | undefined) => void;
}) {
  const { life, settings } = workspace;
  const at = route.value;
  const state = life.state.value;
  const robotId = at.page === 'robot' ? at.robotId : undefined;
  useEffect(() => {
    document.title = robotId === undefined ? 'Robots · Heliograph' : `${robotId} · Heliograph`;
    // Who reads by ear is told where they have come.
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [robotId]);
  return (
    <div class="inside">
      <header>
        <a href={toFleet} class="brand">
          <img src="./icon.svg" alt="" width="24" height="24" />
          <span>Heliograph</span>
        </a>
        <span class={`chip ${state.status}`} role="status">
          <span class="dot" aria-hidden="true" />
          {statusInWords(state.status)}
        </span>
        <span class="dim region">{workspace.gateway.value.name}</span>
        <span class="who">{workspace.userName}</span>
        <button type="button" onClick={() => onLeave(undefined)}>
          Sign out
        </button>
      </header>
      <main>
        {(state.status === 'connecting' || state.status === 'recovering') && state.attempt > 3 && (
          <p class="banner warn" role="status">
            The server does not answer, or does not let you in; it is tried again by itself. If this lasts:
            check your network, and ask for one of the groups operators, viewers or admins.
          </p>
        )}
        {state.status === 'closed' ? (
          <Closed reason={state.reason} onLeave={onLeave} />
        ) : robotId === undefined ? (
          <FleetView workspace={workspace} />
        ) : (
          <RobotView key={robotId} workspace={workspace} robotId={robotId} />
        )}
      </main>
      <aside aria-label="Connection and faults">
        <ConnectionPanel workspace={workspace} />
        {settings.local !== undefined && state.status !== 'closed' && (
          <BreakMenu workspace={workspace} local={settings.local} robotId={robotId} />
        )}
      </aside>
    </div>
  );
}

function Closed(of: {
  readonly reason: Parameters<typeof closedInWords>[0];
  readonly onLeave: (why: string | undefined) => void;
}) {
  const { what, next } = closedInWords(of.reason);
  return (
    <section class="card ended" role="alert">
      <h1 tabIndex={-1}>{what}</h1>
      <p>{next}</p>
      <button type="button" class="primary" onClick={() => of.onLeave(undefined)}>
        Sign in again
      </button>
    </section>
  );
}

function statusInWords(status: Workspace['life']['state']['value']['status']): string {
  switch (status) {
    case 'connecting':
      return 'connecting';
    case 'ready':
      return 'connected';
    case 'recovering':
      return 'coming back';
    case 'closed':
      return 'closed';
  }
}
