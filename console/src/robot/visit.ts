import { type Signal, signal } from '@preact/signals';
import {
  ClientClosed,
  type OperatorSession,
  ServerRefused,
  type SessionMode,
} from '../../../client/src/index.ts';
import { sessionEndInWords } from '../connection/events-in-words.ts';
import type { Workspace } from '../workspace.ts';
import { type DriveLink, openDriveLink } from './drive-link.ts';

export type VisitState =
  | { readonly is: 'opening' }
  /** `isAway`: the robot has lost its own connection to the server; what is open by WebRTC goes on. */
  | {
      readonly is: 'open';
      readonly session: OperatorSession;
      readonly link: DriveLink;
      readonly isAway: boolean;
    }
  /** It is tried again when the robot may be there. */
  | { readonly is: 'waiting'; readonly why: string }
  /** Only the visitor can do something about it. */
  | { readonly is: 'refused'; readonly why: string };

/** Who looks at one robot: opens a session, and the next one when it ends for a reason that passes. */
export type Visit = {
  readonly state: Signal<VisitState>;
  readonly mode: Signal<SessionMode>;
  /** Session that asks for control, which this one holds. */
  readonly asking: Signal<string | undefined>;
  /** Peer connections so far. */
  readonly peers: Signal<number>;
  end(): void;
};

const againAfterMs = 1_500;
const passing: readonly string[] = [
  'closed',
  'robot_offline',
  'busy',
  'gone',
  'no_answer',
  'resume_ended',
  'no_path',
  'expired',
];

export function visit(workspace: Workspace, robotId: string): Visit {
  const { endpoint, life, client } = workspace;
  const state = signal<VisitState>({ is: 'opening' });
  const mode = signal<SessionMode>('view');
  const asking = signal<string | undefined>(undefined);
  const peers = signal(0);
  let isEnded = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current: { session: OperatorSession; link: DriveLink } | undefined;

  async function open(): Promise<void> {
    if (isEnded) return;
    try {
      const session = await endpoint.open(robotId, 'view');
      if (isEnded) session.close();
      else attend(session);
    } catch (failure) {
      if (!isEnded && !(failure instanceof ClientClosed)) onRefused(failure);
    }
  }

  function attend(session: OperatorSession): void {
    let why = '';
    peers.value += 1;
    const link = openDriveLink(session, {
      userName: workspace.userName,
      onNoPath() {
        why = 'no_path';
        session.close();
      },
    });
    current = { session, link };
    const show = (isAway: boolean): void => {
      state.value = { is: 'open', session, link, isAway };
    };
    mode.value = session.mode();
    session.on('mode', (now) => {
      mode.value = now;
      asking.value = undefined;
      life.note(now === 'control' ? `You drive ${robotId}.` : `You only view ${robotId} now.`, 'info');
    });
    session.on('controlRequested', ({ sessionId }) => {
      asking.value = sessionId;
    });
    session.on('peerAway', () => show(true));
    session.on('peerBack', () => show(false));
    session.on('closed', (reason) => {
      link.close();
      onClosed(why === '' ? reason : why);
    });
    show(false);
  }

  function onClosed(reason: string): void {
    current = undefined;
    mode.value = 'view';
    asking.value = undefined;
    if (isEnded || reason === 'client_closed') return;
    const why = `The session with ${robotId} has ended: ${sessionEndInWords(reason)}`;
    life.note(why, 'warn');
    if (passing.includes(reason)) again(why);
    else state.value = { is: 'refused', why };
  }

  function onRefused(failure: unknown): void {
    if (
      failure instanceof ServerRefused &&
      (failure.code === 'forbidden' || failure.code === 'robot_unknown')
    ) {
      state.value = { is: 'refused', why: `You may not see ${robotId}, or there is no such robot.` };
      return;
    }
    const why =
      failure instanceof ServerRefused && failure.code === 'robot_offline'
        ? `${robotId} is offline.`
        : `A session with ${robotId} cannot be opened at the moment.`;
    again(why);
  }

  function again(why: string): void {
    state.value = { is: 'waiting', why };
    clearTimeout(timer);
    timer = setTimeout(() => void open(), againAfterMs);
  }

  void open();
  const stopListening = client.on('state', ({ status }) => {
    // A loss of this side's connection leaves the robot's absence unknown.
    if (status === 'ready' && state.peek().is === 'waiting') void again(`Looking for ${robotId} again.`);
  });
  return {
    state,
    mode,
    asking,
    peers,
    end() {
      isEnded = true;
      clearTimeout(timer);
      stopListening();
      current?.session.close();
    },
  };
}
