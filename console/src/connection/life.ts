import { type Signal, signal } from '@preact/signals';
import type { SignalingClient, SignalingState } from '../../../client/src/index.ts';
import { closedInWords, messageInWords } from './events-in-words.ts';
import { createRobotNews } from './robot-news.ts';

export type Note = {
  readonly id: number;
  readonly at: number;
  readonly text: string;
  readonly kind: 'info' | 'good' | 'warn';
};

/** All moments by the server's clock. */
export type Times = {
  readonly connectedAt: number;
  readonly connectionExpiresAt: number;
  readonly tokenExpiresAt: number;
  readonly refreshAt: number;
  /** What the token had left when it was last told. */
  readonly tokenLeftMs: number;
};

/** What is to be seen of the life of the connection. */
export type Life = {
  readonly state: Signal<SignalingState>;
  readonly times: Signal<Times | undefined>;
  readonly connectionId: Signal<string>;
  /** Which client this page is to the server, the same over its reconnects. */
  readonly clientId: Signal<string | undefined>;
  readonly groups: Signal<readonly string[]>;
  readonly refreshes: Signal<number>;
  /** Times that it came back to its sessions after a loss. */
  readonly resumes: Signal<number>;
  /** Times that it moved to a fresh connection before it had to. */
  readonly rollOvers: Signal<number>;
  readonly notes: Signal<readonly Note[]>;
  /** The server's clock less this machine's, ms. */
  readonly clockOffsetMs: Signal<number>;
  /** The server's time now. */
  serverNow(): number;
  note(text: string, kind?: Note['kind']): void;
};

const notesKept = 50;

/** Follows the client from its start. */
export function followLife(client: SignalingClient): Life {
  const life = {
    state: signal(client.state()),
    times: signal<Times | undefined>(undefined),
    connectionId: signal(''),
    clientId: signal<string | undefined>(undefined),
    groups: signal<readonly string[]>([]),
    refreshes: signal(0),
    resumes: signal(0),
    rollOvers: signal(0),
    notes: signal<readonly Note[]>([]),
    clockOffsetMs: signal(0),
  };
  const newsOf = createRobotNews();
  let count = 0;
  let wasReady = false;
  let isFirst = true;

  function note(text: string, kind: Note['kind'] = 'info'): void {
    count += 1;
    life.notes.value = [{ id: count, at: Date.now(), text, kind }, ...life.notes.value].slice(0, notesKept);
  }

  function onReady({ welcome }: Extract<SignalingState, { status: 'ready' }>): void {
    const { sentAt, connectionId, groups, connectionExpiresAt, tokenExpiresAt, refreshAt } = welcome;
    life.clockOffsetMs.value = sentAt - Date.now();
    life.connectionId.value = connectionId;
    life.clientId.value = welcome.clientId;
    life.groups.value = groups;
    life.times.value = {
      connectedAt: sentAt,
      connectionExpiresAt,
      tokenExpiresAt,
      refreshAt,
      tokenLeftMs: tokenExpiresAt - sentAt,
    };
    if (isFirst) note('Connected.', 'good');
    else if (wasReady) {
      life.rollOvers.value += 1;
      note('Moved to a fresh connection, before the old one had to go.', 'good');
    } else {
      life.resumes.value += 1;
      note(welcome.resumed ? 'Back, with the same sessions.' : 'Back, as a new client.', 'good');
    }
    isFirst = false;
  }

  client.on('state', (state) => {
    life.state.value = state;
    if (state.status === 'ready') onReady(state);
    if (state.status === 'recovering' && wasReady) note('The connection is lost. Coming back…', 'warn');
    if (state.status === 'closed') note(closedInWords(state.reason).what, 'warn');
    wasReady = state.status === 'ready';
  });
  client.on('message', (message) => {
    if (message.type === 'tokenRefreshed') {
      life.refreshes.value += 1;
      const { tokenExpiresAt, refreshAt, sentAt } = message;
      const tokenLeftMs = tokenExpiresAt - sentAt;
      if (life.times.value !== undefined)
        life.times.value = { ...life.times.value, tokenExpiresAt, refreshAt, tokenLeftMs };
    }
    const words =
      message.type === 'robotStatus'
        ? newsOf(message, {
            serverNow: Date.now() + life.clockOffsetMs.value,
            clientId: life.clientId.value,
          })
        : messageInWords(message);
    if (words !== undefined) note(words.text, words.kind);
  });
  client.on('signInRequired', () =>
    note('The sign-in has run out: sign in again before the token ends.', 'warn'),
  );
  return { ...life, note, serverNow: () => Date.now() + life.clockOffsetMs.value };
}
